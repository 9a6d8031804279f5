package dev.authtokens.user;

import java.util.UUID;

/** Event: the transaction changes the password, so all tokens but the kept one (null: all) of this account are to be revoked. */
public record PasswordChanged(long userId, UUID keptTokenId) {}
