package dev.authtokens.token;

/** Event: the transaction revokes tokens of all accounts. */
record AllRevoked() {}
