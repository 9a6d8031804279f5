/**
 * Other services ask about tokens. Routes: {@code /v4/auth-tokens/verify/} (forward authentication), {@code POST
 * /oauth2/introspect} (RFC 7662), {@code POST /oauth2/revoke} (RFC 7009), {@code GET /.well-known/oauth-authorization-server}
 * (RFC 8414) and {@code POST /k8s/token-reviews/} (Kubernetes). Calls {@code token}, {@code audit} and {@code http}.
 */
package dev.authtokens.introspection;
