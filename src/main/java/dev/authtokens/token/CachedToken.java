package dev.authtokens.token;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** A token as it was read from the database once. Whether it is valid is computed at each check, because time passes. */
final class CachedToken {

    /** Lifetimes are minutes at least, so uses within a second need not be distinguished. */
    private static final Duration USE_PRECISION = Duration.ofSeconds(1);

    private final TokenRow row;
    private final Instant readAt;
    private volatile Instant lastUsedAt;

    /** With a null row there is no such token. The last use, null when never, includes what is not in the database yet. */
    CachedToken(TokenRow row, Instant lastUsedAt, Instant readAt) {
        this.row = row;
        this.lastUsedAt = lastUsedAt;
        this.readAt = readAt;
    }

    /** Empty when the token is not valid at this moment. */
    Optional<VerifiedToken> verify(TokenLifetime lifetime, Instant now) {
        if (row == null) {
            return Optional.empty();
        }
        Instant latest = TokenLifetime.earlier(row.owner().expiresAt(), row.expiresAt());
        Optional<Instant> expiresAt = lifetime.expiresAt(row.createdAt(), lastUsedAt, latest);
        return expiresAt.isPresent() && !now.isBefore(expiresAt.get())
                ? Optional.empty()
                : Optional.of(new VerifiedToken(row.owner(), row.createdAt(), expiresAt, Optional.empty()));
    }

    boolean exists() {
        return row != null;
    }

    boolean belongsToAny(Set<Long> userIds) {
        return row != null && userIds.contains(row.owner().userId());
    }

    boolean isOlderThan(Duration age, Instant now) {
        return readAt.plus(age).isBefore(now);
    }

    /** Records a use; false when one of the same second is recorded already. */
    boolean recordUse(Instant now) {
        Instant before = lastUsedAt;
        if (before != null && before.plus(USE_PRECISION).isAfter(now)) {
            return false;
        }
        lastUsedAt = now;
        return true;
    }
}
