/**
 * A login and auth-token service in front of PostgreSQL.
 *
 * <p>A request passes {@code http.RequestContextFilter}, which gives it an id and a log context, and {@code http.RequestBody},
 * which reads its body; before both, {@code introspection.VerifyRoute} turns requests of forward authentication into one form.
 * {@code authentication.LeakedTokenRevoker} looks for tokens where they get logged. {@code authentication.AccessFilter} reads
 * the {@code @Access} of the endpoint and, where a token is needed, has {@code token.TokenStore} verify it. The resource works
 * through the store of its feature, the only access to its entity. Whatever goes wrong becomes a {@code problem.Problem} and is
 * answered as {@code {"code", "message"}} in JSON.
 *
 * <p>A login runs on {@code login.LoginExecutor}: {@code login.Login} asks the throttle, finds the account, has {@code
 * password.HashingPool} verify the password, and issues a token.
 *
 * <p>{@code @Transactional} also applies to methods that their own class calls: the container intercepts those too.
 */
package dev.authtokens;
