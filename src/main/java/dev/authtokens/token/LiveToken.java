package dev.authtokens.token;

import dev.authtokens.access.Caller;
import java.time.Instant;
import java.util.Optional;

/**
 * A token that was found to be good.
 *
 * @param end when the token, or its account, stops to be good if the token is not used before; empty when never
 */
public record LiveToken(Caller owner, Instant created, Optional<Instant> end) {

    boolean isGood(Instant now) {
        return end.filter(time -> !now.isBefore(time)).isEmpty();
    }
}
