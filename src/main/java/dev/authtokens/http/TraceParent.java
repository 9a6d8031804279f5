package dev.authtokens.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which trace a request belongs to, and the span that sent it (W3C Trace Context, section 3.2); hexadecimal in lower case. */
record TraceParent(String traceId, String spanId) {

    static final String HEADER = "traceparent";

    /** Version 00 has 55 characters, a later one may have more behind the same fields, and ff is none. */
    private static final Pattern FORMAT = Pattern.compile("(?!ff|00.{54})[0-9a-f]{2}-(?<trace>(?!0{32})[0-9a-f]{32})"
            + "-(?<span>(?!0{16})[0-9a-f]{16})-[0-9a-f]{2}(?:-.*+)?");

    /** Empty where there is no header or not a valid one, which is ignored. */
    static Optional<TraceParent> parse(String sent) {
        return Optional.ofNullable(sent)
                .map(FORMAT::matcher)
                .filter(Matcher::matches)
                .map(header -> new TraceParent(header.group("trace"), header.group("span")));
    }
}
