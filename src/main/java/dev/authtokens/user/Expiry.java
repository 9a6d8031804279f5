package dev.authtokens.user;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** An expiry on the wire and on the command line: an RFC 3339 time, with {@code 0001-01-01T00:00:00Z} for never. */
public final class Expiry {

    public static final Instant NEVER = Instant.parse("0001-01-01T00:00:00Z");

    /** PostgreSQL and RFC 3339 both end there. */
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private Expiry() {}

    /** @return null for {@link #NEVER} */
    static Instant stored(Instant expiry) {
        return expiry.equals(NEVER) ? null : expiry;
    }

    /** Empty when the text is not a time that an account can expire at. */
    public static Optional<Instant> parse(String text) {
        try {
            // PostgreSQL stores microseconds, and would round.
            Instant time = OffsetDateTime.parse(text.strip()).toInstant().truncatedTo(ChronoUnit.MICROS);
            return time.isBefore(NEVER) || time.isAfter(LATEST) ? Optional.empty() : Optional.of(time);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
