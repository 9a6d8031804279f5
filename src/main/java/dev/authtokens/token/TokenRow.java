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

    /**
     * When the token or its account expires if the token is not used before; empty when never.
     *
     * @param lastUsed including uses that are not in the database yet; null when never
     */
    Optional<Instant> expiresAt(TokenLifetime lifetime, Instant lastUsed) {
        return lifetime.expiresAt(createdAt, lastUsed, TokenLifetime.earlier(owner.expiresAt(), expiresAt));
    }
}
