/**
 * A login and auth-token service in front of PostgreSQL.
 *
 * <p>A request's journey: {@code http.RequestContextFilter} gives it an id and puts who is calling for what into the
 * log context; {@code check.AccessFilter} reads the {@code @Access} of the endpoint and, where a token is needed, asks
 * {@code token.TokenStore} whose it is; the resource of the feature does the work through its store, and the store is
 * the only one to touch its entity. Whatever goes wrong on the way becomes a {@code problem.Problem} and leaves as
 * {@code {"code", "message"}} in JSON.
 *
 * <p>A login goes further: the password is hashed on {@code user.HashingPool}, so that a crowd at the door never slows
 * down those who ask whether a token is good.
 */
package dev.authtokens;
