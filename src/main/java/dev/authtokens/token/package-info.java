/**
 * Tokens from issue to end: their secret, their digest in the database, when they stop to be good, and their removal. A
 * check is answered by {@code TokenCache}, else by {@code TokenReader}; {@code RevocationListener} says when the cache may.
 * Routes: {@code GET /v4/auth-tokens/}, {@code DELETE /v4/auth-tokens/{id}/} and {@code /all/}, and the same under {@code
 * /v4/users/{email}/auth-tokens/}. Other packages reach tokens through {@link dev.authtokens.token.TokenStore} only. May
 * call {@code user} and {@code audit}.
 */
package dev.authtokens.token;
