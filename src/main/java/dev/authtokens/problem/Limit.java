package dev.authtokens.problem;

import java.util.Locale;
import java.util.regex.Pattern;

/** The query parameter {@code limit} of lists. */
public final class Limit {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");

    private Limit() {}

    /** @throws Problem {@code INVALID_INPUT} when it is not a number from 1 to the maximum */
    public static int read(String text, int defaultLimit, int max) {
        if (text == null) {
            return defaultLimit;
        }
        long wanted = NUMBER.matcher(text).matches() ? Long.parseLong(text) : 0;
        if (wanted < 1 || wanted > max) {
            throw new Problem(
                    ProblemCode.INVALID_INPUT,
                    String.format(Locale.ROOT, "limit must be a number from 1 to %,d.", max));
        }
        return (int) wanted;
    }
}
