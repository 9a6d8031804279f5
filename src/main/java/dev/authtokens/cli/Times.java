package dev.authtokens.cli;

import dev.authtokens.user.Expiry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as people read them in tables: RFC 3339 in UTC, to the second, all of one width. */
final class Times {

    static final int WIDTH = 20;

    private Times() {}

    /** @param time null: not at any time */
    static String show(Instant time) {
        if (time == null || time.equals(Expiry.NEVER)) {
            return "never";
        }
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
