package dev.authtokens.user;

/** Event: the transaction is about to delete this account. */
public record AccountDeleted(long userId) {}
