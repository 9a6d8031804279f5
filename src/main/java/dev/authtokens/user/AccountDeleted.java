package dev.authtokens.user;

/** The transaction deletes this account, as soon as nothing belongs to it any more. */
public record AccountDeleted(long userId) {}
