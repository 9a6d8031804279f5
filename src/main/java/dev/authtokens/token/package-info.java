/**
 * Tokens from issue to expiry: their secret, their digest in the database, their lifetime, their revocation and deletion. A
 * check is answered by {@code TokenCache}, else by {@code TokenLoader}. No routes of its own. Other packages reach tokens only
 * through {@link dev.authtokens.token.TokenStore}. May call {@code user}, {@code audit}, {@code access} and {@code database}.
 */
package dev.authtokens.token;
