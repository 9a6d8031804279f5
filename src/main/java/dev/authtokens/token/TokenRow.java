package dev.authtokens.token;

import dev.authtokens.access.Caller;
import dev.authtokens.access.Role;
import java.time.Instant;
import java.util.UUID;

/** What a check reads: a token and the account that it was issued to. Null times mean never. */
record TokenRow(
        UUID tokenId,
        Instant createdAt,
        Instant lastUsedAt,
        long userId,
        String email,
        Role role,
        Instant accountExpiresAt) {

    /** @param lastUsed including uses that are not in the database yet; null when never */
    VerifiedToken toVerified(TokenLifetime lifetime, Instant lastUsed) {
        return new VerifiedToken(
                new Caller(userId, email, role, tokenId),
                createdAt,
                lifetime.expiresAt(createdAt, lastUsed, accountExpiresAt));
    }
}
