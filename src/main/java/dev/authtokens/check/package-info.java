/**
 * Asking whether a token is good: on the way into every endpoint, and for others. Routes: {@code POST /oauth2/introspect},
 * {@code POST /oauth2/revoke} and {@code GET /v4/auth-tokens/verify/}. Calls {@code token}, and {@code login} for
 * programs that send their password each time.
 */
package dev.authtokens.check;
