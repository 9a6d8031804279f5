package dev.authtokens.token;

import dev.authtokens.access.Caller;
import dev.authtokens.access.Role;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** What a check reads: a token and the account that it was issued to. */
record TokenOwner(
        UUID tokenId,
        Instant createdAt,
        Instant lastUsedAt,
        long userId,
        String email,
        Role role,
        Instant accountExpiresAt) {

    /** @param lastUsed also what is not written to the database yet; null when never */
    LiveToken live(TokenLife life, Instant lastUsed) {
        Optional<Instant> end = Stream.of(life.end(createdAt, lastUsed), Optional.ofNullable(accountExpiresAt))
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder());
        return new LiveToken(new Caller(userId, email, role, tokenId), createdAt, end);
    }
}
