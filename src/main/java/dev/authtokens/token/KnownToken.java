package dev.authtokens.token;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What was read about a token at one time. Whether it is good is worked out at each check: time passes, and it is used.
 */
final class KnownToken {

    /** What ends a life takes minutes at least, so that uses of one second need not be told apart. */
    private static final Duration USE_PRECISION = Duration.ofSeconds(1);

    private final TokenOwner owner;
    private final Instant readAt;
    private volatile Instant lastUsedAt;

    /**
     * @param owner null when there is no such token
     * @param lastUsedAt also what is not written to the database yet; null when it was never used
     */
    KnownToken(TokenOwner owner, Instant lastUsedAt, Instant readAt) {
        this.owner = owner;
        this.lastUsedAt = lastUsedAt;
        this.readAt = readAt;
    }

    /** Empty when the token is not good at this moment. */
    Optional<LiveToken> live(TokenLife life, Instant now) {
        return owner == null
                ? Optional.empty()
                : Optional.of(owner.live(life, lastUsedAt)).filter(token -> token.isGood(now));
    }

    boolean isOfAny(Set<Long> userIds) {
        return owner != null && userIds.contains(owner.userId());
    }

    boolean isOlderThan(Duration age, Instant now) {
        return readAt.plus(age).isBefore(now);
    }

    /** Notes that it is used; false when that is known already. */
    boolean use(Instant now) {
        Instant before = lastUsedAt;
        if (before != null && before.plus(USE_PRECISION).isAfter(now)) {
            return false;
        }
        lastUsedAt = now;
        return true;
    }
}
