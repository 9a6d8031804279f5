package dev.authtokens.token;

import dev.authtokens.ServiceConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** When a token expires. Without any of the three settings that is never, as the contract of the API says. */
record TokenLifetime(Optional<Duration> lifespan, Optional<Duration> idleTimeout, Optional<Duration> unusedLifespan) {

    static TokenLifetime of(ServiceConfig.Token config) {
        return new TokenLifetime(config.lifespan(), config.idleTimeout(), config.unusedLifespan());
    }

    /**
     * When the token expires if it is not used before; empty when never.
     *
     * @param lastUsedAt null when the token was never used
     */
    Optional<Instant> expiresAt(Instant createdAt, Instant lastUsedAt) {
        Instant lastActivity = lastUsedAt == null ? createdAt : lastUsedAt;
        return Stream.of(
                        lifespan.map(createdAt::plus),
                        idleTimeout.map(lastActivity::plus),
                        unusedLifespan.filter(span -> lastUsedAt == null).map(createdAt::plus))
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder());
    }

    /**
     * As {@link #expiresAt(Instant, Instant)}, or when the account expires, if that is earlier.
     *
     * @param accountExpiresAt null when never
     */
    Optional<Instant> expiresAt(Instant createdAt, Instant lastUsedAt, Instant accountExpiresAt) {
        return Stream.of(expiresAt(createdAt, lastUsedAt), Optional.ofNullable(accountExpiresAt))
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder());
    }

    boolean isUnlimited() {
        return lifespan.isEmpty() && idleTimeout.isEmpty() && unusedLifespan.isEmpty();
    }

    /** Tokens issued, last used, or issued and never used, at or before these times are expired. */
    Cutoffs cutoffs(Instant now) {
        return new Cutoffs(before(lifespan, now), before(idleTimeout, now), before(unusedLifespan, now));
    }

    record Cutoffs(Instant created, Instant used, Instant createdUnused) {

        /** Tokens issued up to this time are invalid too. */
        Cutoffs orCreated(Instant time) {
            return new Cutoffs(time.isAfter(created) ? time : created, used, createdUnused);
        }

        /** No token that was issued later is expired. */
        Instant latest() {
            return Stream.of(created, used, createdUnused)
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    private static Instant before(Optional<Duration> span, Instant now) {
        return span.map(now::minus).orElse(Instant.EPOCH);
    }
}
