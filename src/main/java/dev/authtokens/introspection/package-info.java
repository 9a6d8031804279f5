/**
 * Other services ask about tokens. Routes: {@code GET /v4/auth-tokens/verify/} (forward authentication), {@code POST
 * /oauth2/introspect} (RFC 7662) and {@code POST /oauth2/revoke} (RFC 7009). Calls {@code token}.
 */
package dev.authtokens.introspection;
