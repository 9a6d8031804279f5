package dev.authtokens.user;

import java.util.UUID;

/**
 * Says, within the transaction that changes a password, that the account's other sessions have to end.
 *
 * @param email of the account
 * @param keptTokenId the token of the session that goes on; null when all of them end
 */
public record PasswordChanged(long userId, String email, UUID keptTokenId) {}
