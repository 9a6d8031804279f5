/**
 * Tokens from issue to end: their secret, their digest in the database, when they stop to be good, and their removal.
 * Other packages reach tokens through {@link dev.authtokens.token.TokenStore} only. May call {@code user}.
 */
package dev.authtokens.token;
