package dev.authtokens.token;

/** Event: the transaction revokes this token. */
record TokenRevoked(byte[] digest) {}
