package dev.authtokens.token;

import dev.authtokens.ServiceConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When a token expires. Without any of the three settings that is never, as the contract of the API says. */
record TokenLifetime(Optional<Duration> lifespan, Optional<Duration> idleTimeout, Optional<Duration> unusedLifespan) {

    static TokenLifetime of(ServiceConfig.Token config) {
        return new TokenLifetime(config.lifespan(), config.idleTimeout(), config.unusedLifespan());
    }

    /**
     * When the token or its account expires if the token is not used before; empty when never.
     *
     * @param lastUsedAt null when the token was never used
     * @param latest when the account expires, or the token by a lifespan of its own; null when never
     */
    Optional<Instant> expiresAt(Instant createdAt, Instant lastUsedAt, Instant latest) {
        Instant lastActivity = lastUsedAt == null ? createdAt : lastUsedAt;
        Instant earliest = earlier(latest, createdAt, lifespan);
        earliest = earlier(earliest, lastActivity, idleTimeout);
        return Optional.ofNullable(lastUsedAt == null ? earlier(earliest, createdAt, unusedLifespan) : earliest);
    }

    /** Without a stream, as every check asks. */
    private static Instant earlier(Instant time, Instant start, Optional<Duration> span) {
        return span.isEmpty() ? time : earlier(time, start.plus(span.get()));
    }

    /** Null means never. */
    static Instant earlier(Instant one, Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isBefore(other) ? one : other;
    }

    /** @param unusedSince in place of now for what expires because it is not used */
    Cutoffs cutoffs(Instant now, Instant unusedSince) {
        return new Cutoffs(
                before(lifespan, now), before(idleTimeout, unusedSince), before(unusedLifespan, unusedSince));
    }

    /** Tokens issued, last used, or issued and never used, at or before these times are expired. */
    record Cutoffs(Instant created, Instant used, Instant createdUnused) {

        /** Tokens issued up to this time are invalid too. */
        Cutoffs orCreated(Instant time) {
            return new Cutoffs(time.isAfter(created) ? time : created, used, createdUnused);
        }
    }

    private static Instant before(Optional<Duration> span, Instant now) {
        return span.map(now::minus).orElse(Instant.EPOCH);
    }
}
