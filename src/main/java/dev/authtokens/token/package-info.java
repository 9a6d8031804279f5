/**
 * Tokens from issue to expiry: their secret, their digest in the database, their lifetime, their revocation and deletion. A
 * check is answered by {@code TokenCache}, else by {@code TokenLoader}. No routes of its own.
 *
 * <p>Whoever deletes or changes a row of {@code auth_tokens}, {@code users} or {@code token_validity} writes a row of {@code
 * revocations} in the same transaction, by triggers of {@code V1__schema.sql}; {@code RevocationLog} of every replica reads
 * these. The replica of the change drops the tokens by the events {@code TokensRevoked} and {@code AccountChanged}, after the
 * commit.
 *
 * <p>Other packages reach tokens only through {@link dev.authtokens.token.TokenStore}. May call {@code user}, {@code audit},
 * {@code access} and {@code database}.
 */
package dev.authtokens.token;
