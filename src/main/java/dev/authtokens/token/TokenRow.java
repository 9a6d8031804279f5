package dev.authtokens.token;

import dev.authtokens.access.Caller;
import java.time.Instant;
import java.util.Optional;

/**
 * What a check reads: a token and the account that it was issued to.
 *
 * @param lastUsedAt null when never
 * @param expiresAt by a lifespan of its own; null when it has none
 */
record TokenRow(Caller owner, Instant createdAt, Instant lastUsedAt, Instant expiresAt) {

    /** @param lastUsed including uses that are not in the database yet; null when never */
    VerifiedToken toVerified(TokenLifetime lifetime, Instant lastUsed) {
        Instant latest = TokenLifetime.earlier(owner.expiresAt(), expiresAt);
        return new VerifiedToken(owner, createdAt, lifetime.expiresAt(createdAt, lastUsed, latest), Optional.empty());
    }
}
