package dev.authtokens.audit;

import java.util.regex.Pattern;

/**
 * Removes secrets and control characters from what clients send about themselves, before it is logged or stored. No library
 * has the rules: they are those of the API's command line.
 */
public final class Redactor {

    private static final String REDACTED = "REDACTED";

    /** What is behind four times the maximum length is not looked at: headers may have 32 KiB. */
    private static final int READ_FACTOR = 4;

    // Clients choose the text and its length, so the quantifiers are possessive: no backtracking.

    /** A word of a command line, whole or partly in quotes. */
    private static final String VALUE = "(?:\"(?:\\\\.|[^\"\\\\])*+\"?|'[^']*+'?|[^\\s\"']++)++";

    private static final String WORD_START = "(?<![^\\s\"'(])";

    /** {@code --password x}, {@code --new-password=x}, {@code --auth-token x} and the like. */
    private static final Pattern LONG_OPTION = Pattern.compile("(?i)" + WORD_START
            + "(--?(?=[\\w-]*(?:password|passwd|auth-token|secret))[\\w-]++[\"']?)(\\s*+=\\s*+|\\s++)" + VALUE);

    /** {@code -p x}, {@code -px}, {@code -p=x}. */
    private static final Pattern SHORT_OPTION =
            Pattern.compile(WORD_START + "-p(?:[\"'](?=[\\s=]))?\\s*+=?\\s*+" + VALUE);

    /** Anything that looks like one of our own tokens, whole or in part. */
    private static final Pattern OWN_TOKEN = Pattern.compile("gsa_[A-Za-z0-9_-]{8,}");

    /** {@code giantswarm x} and {@code Bearer x}, the credentials of an Authorization header. */
    private static final Pattern CREDENTIALS =
            Pattern.compile("(?i)\\b(giantswarm|bearer|basic)[\\s:]+[\"']?[A-Za-z0-9._~+/=-]{16,}");

    /** Format characters, which could hide a word from the patterns. */
    private static final Pattern FORMAT = Pattern.compile("\\p{Cf}");

    /** Control, unassigned and private characters, lone surrogates, line and paragraph separators. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\u2028\\u2029]");

    private Redactor() {}

    /** The text with every secret replaced by {@code REDACTED}. */
    public static String redact(String text) {
        String redacted = LONG_OPTION.matcher(text).replaceAll("$1$2" + REDACTED);
        redacted = SHORT_OPTION.matcher(redacted).replaceAll("-p " + REDACTED);
        redacted = CREDENTIALS.matcher(redacted).replaceAll("$1 " + REDACTED);
        return OWN_TOKEN.matcher(redacted).replaceAll(REDACTED);
    }

    /** The text redacted, without unprintable characters, and cut to {@code maxLength} characters. */
    public static String clean(String text, int maxLength) {
        String start = text.substring(0, Math.min(text.length(), READ_FACTOR * maxLength));
        // Before and after: removed characters must neither split a secret nor join its parts.
        String visible = FORMAT.matcher(redact(start)).replaceAll("");
        String redacted = redact(UNPRINTABLE.matcher(visible).replaceAll(" "));
        if (redacted.length() <= maxLength) {
            return redacted;
        }
        boolean cutsPair = Character.isHighSurrogate(redacted.charAt(maxLength - 1));
        return redacted.substring(0, cutsPair ? maxLength - 1 : maxLength);
    }
}
