package dev.authtokens.token;

/**
 * Tokens were revoked on this replica.
 *
 * @param digest of the token; null: all tokens of all accounts
 */
record TokensRevoked(byte[] digest) {}
