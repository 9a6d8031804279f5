package dev.authtokens.user;

/** Event: the transaction changes what the tokens of this account allow, or revokes some of them. */
public record AccountChanged(long userId) {}
