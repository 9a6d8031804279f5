package dev.authtokens.token;

/** Event: this replica revokes the token with this digest, or with null all tokens of all accounts. */
record TokensRevoked(byte[] digest) {}
