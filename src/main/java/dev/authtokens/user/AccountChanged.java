package dev.authtokens.user;

/** The transaction changes what the tokens of this account are good for, or ends some of them. */
public record AccountChanged(long userId) {}
