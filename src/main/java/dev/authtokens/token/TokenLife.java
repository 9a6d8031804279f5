package dev.authtokens.token;

import dev.authtokens.ServiceConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** When a token stops to be good. Without any setting that is never: the contract of the API says so. */
record TokenLife(Optional<Duration> lifespan, Optional<Duration> idleTimeout, Optional<Duration> unusedLifespan) {

    static TokenLife of(ServiceConfig.Token config) {
        return new TokenLife(config.lifespan(), config.idleTimeout(), config.unusedLifespan());
    }

    /** @param lastUsedAt null when the token was never used */
    boolean isOver(Instant createdAt, Instant lastUsedAt, Instant now) {
        return end(createdAt, lastUsedAt).filter(end -> !now.isBefore(end)).isPresent();
    }

    /** From when on the token is not good if it is not used before; empty when never. */
    Optional<Instant> end(Instant createdAt, Instant lastUsedAt) {
        Instant lastSign = lastUsedAt == null ? createdAt : lastUsedAt;
        return Stream.of(
                        lifespan.map(createdAt::plus),
                        idleTimeout.map(lastSign::plus),
                        unusedLifespan.filter(span -> lastUsedAt == null).map(createdAt::plus))
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder());
    }

    boolean isEndless() {
        return lifespan.isEmpty() && idleTimeout.isEmpty() && unusedLifespan.isEmpty();
    }

    /** Tokens issued, last used, or issued and never used at or before these times are over. */
    Cutoffs cutoffs(Instant now) {
        return new Cutoffs(before(lifespan, now), before(idleTimeout, now), before(unusedLifespan, now));
    }

    record Cutoffs(Instant created, Instant used, Instant createdUnused) {

        /** No token that was issued after it is over. */
        Instant youngest() {
            return Stream.of(created, used, createdUnused)
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    private static Instant before(Optional<Duration> span, Instant now) {
        return span.map(now::minus).orElse(Instant.EPOCH);
    }
}
