/**
 * A login and auth-token service in front of PostgreSQL.
 *
 * <p>A request passes the routes in {@code http.RouteOrder}, then {@code authentication.AccessFilter}. Its resource works
 * through the store of the feature, and whatever goes wrong becomes a {@code problem.Problem}. {@code docs/development.md}
 * describes each step of a request and of a login, which begins at {@code login.LoginExecutor}.
 *
 * <p>{@code @Transactional} also applies to methods that their own class calls: the container intercepts those too.
 */
package dev.authtokens;
