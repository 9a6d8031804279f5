package dev.authtokens.problem;

import jakarta.ws.rs.core.UriInfo;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Reads the parameters of queries. Whatever is wrong with one is {@code INVALID_INPUT} with its name. */
public final class QueryParameter {

    private static final int DEFAULT_PAGE_SIZE = 100;
    private static final int MAX_PAGE_SIZE = 1000;

    private QueryParameter() {}

    /**
     * Empty when it is missing.
     *
     * @param reader throws IllegalArgumentException or DateTimeException when the text is not acceptable
     */
    public static <T> Optional<T> read(String name, String text, Function<String, T> reader) {
        try {
            return Optional.ofNullable(text).map(QueryParameter::withoutNul).map(reader);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new Problem(ProblemCode.INVALID_INPUT, "The parameter " + name + " is not acceptable.");
        }
    }

    /** No text in PostgreSQL can have NUL. */
    private static String withoutNul(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException();
        }
        return text;
    }

    /** A time of RFC 3339 that PostgreSQL can have, to be used as a reader. */
    public static Instant time(String text) {
        OffsetDateTime time = OffsetDateTime.parse(text);
        if (time.getYear() < 0 || time.getYear() > 9999) {
            throw new DateTimeException("No year of RFC 3339, and none of PostgreSQL");
        }
        return time.toInstant();
    }

    /** For a call that does more without its parameter: one that is misspelt, empty or repeated is refused, not ignored. */
    public static void requireOnly(UriInfo uri, String name) {
        uri.getQueryParameters().forEach((given, values) -> {
            if (!given.equals(name) || values.size() != 1 || values.get(0).isEmpty()) {
                throw new Problem(
                        ProblemCode.INVALID_INPUT, "The only parameter is " + name + ", with one value, or none.");
            }
        });
    }

    /** The parameter {@code limit} of lists in pages. */
    public static int pageSize(String text) {
        return limit(text, DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE);
    }

    /** The parameter {@code limit} of lists, from 1 to the maximum. */
    public static int limit(String text, int defaultLimit, int max) {
        if (text == null) {
            return defaultLimit;
        }
        long wanted = text.matches("[0-9]{1,10}") ? Long.parseLong(text) : 0;
        if (wanted < 1 || wanted > max) {
            throw new Problem(
                    ProblemCode.INVALID_INPUT,
                    String.format(Locale.ROOT, "limit must be a number from 1 to %,d.", max));
        }
        return (int) wanted;
    }
}
