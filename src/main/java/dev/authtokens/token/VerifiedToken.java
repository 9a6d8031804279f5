package dev.authtokens.token;

import dev.authtokens.access.Caller;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A token that was found valid.
 *
 * @param expiresAt when the token or its account expires if the token is not used before; empty when never
 * @param staleFor time since it was known to be valid, during an outage of the database; empty when it is known to be valid now
 */
public record VerifiedToken(Caller owner, Instant createdAt, Optional<Instant> expiresAt, Optional<Duration> staleFor) {

    VerifiedToken stale(Duration age) {
        return new VerifiedToken(owner, createdAt, expiresAt, Optional.of(age));
    }
}
