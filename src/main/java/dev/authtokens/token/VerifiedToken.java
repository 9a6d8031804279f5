package dev.authtokens.token;

import dev.authtokens.access.Caller;
import java.time.Instant;
import java.util.Optional;

/**
 * A token that was found valid.
 *
 * @param expiresAt when the token or its account expires if the token is not used before; empty when never
 */
public record VerifiedToken(Caller owner, Instant createdAt, Optional<Instant> expiresAt) {

    boolean isValid(Instant now) {
        return expiresAt.filter(time -> !now.isBefore(time)).isEmpty();
    }
}
