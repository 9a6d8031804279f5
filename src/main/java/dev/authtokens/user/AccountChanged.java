package dev.authtokens.user;

/** The transaction changes what the tokens of this account are good for, or deletes it. */
public record AccountChanged(long userId) {}
