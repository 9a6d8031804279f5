package dev.authtokens.problem;

import java.util.Locale;
import java.util.regex.Pattern;

/** The parameter {@code limit}: how many of a list are wanted. */
public final class Limit {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");

    private Limit() {}

    /** @throws Problem when it is no number from 1 to the most */
    public static int read(String text, int whenMissing, int most) {
        if (text == null) {
            return whenMissing;
        }
        long wanted = NUMBER.matcher(text).matches() ? Long.parseLong(text) : 0;
        if (wanted < 1 || wanted > most) {
            throw new Problem(
                    ProblemCode.INVALID_INPUT,
                    String.format(Locale.ROOT, "limit must be a number from 1 to %,d.", most));
        }
        return (int) wanted;
    }
}
