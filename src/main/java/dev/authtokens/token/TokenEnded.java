package dev.authtokens.token;

/** The transaction ends this token. */
record TokenEnded(byte[] digest) {}
