package dev.authtokens.user;

import java.util.UUID;

/**
 * Event: the transaction changes the password of this account, so its other sessions are to be revoked.
 *
 * @param keptTokenId the token that stays valid; null to revoke all
 */
public record PasswordChanged(long userId, UUID keptTokenId) {}
