/**
 * Tokens from issue to expiry: their secret, their digest in the database, their lifetime, their revocation and deletion. A
 * check is answered by {@code TokenCache}, else by {@code TokenLoader}. No routes of its own.
 *
 * <p>Whatever deletes or changes rows of {@code auth_tokens}, {@code users} or {@code token_validity} writes {@code
 * revocations} in the same transaction, by triggers; {@code RevocationLog} of every replica reads them. The replica of the
 * change drops its tokens after the commit, by the events {@code TokensRevoked} and {@code AccountChanged}.
 *
 * <p>Other packages reach tokens only through {@link dev.authtokens.token.TokenStore}. May call {@code user}, {@code audit},
 * {@code access} and {@code database}.
 */
package dev.authtokens.token;
