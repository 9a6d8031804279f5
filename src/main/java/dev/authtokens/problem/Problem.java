package dev.authtokens.problem;

import java.time.Duration;
import java.util.Optional;

/** Ends a request with an error answer. The message is for the client and never comes from another exception. */
public class Problem extends RuntimeException {

    private final ProblemCode code;
    private final Duration retryAfter;

    public Problem(ProblemCode code) {
        this(code, code.message());
    }

    public Problem(ProblemCode code, String message) {
        this(code, message, null);
    }

    /** @param retryAfter sent as {@code Retry-After} in whole seconds, rounded up (RFC 9110, section 10.2.3) */
    public Problem(ProblemCode code, Duration retryAfter) {
        this(code, code.message(), retryAfter);
    }

    private Problem(ProblemCode code, String message, Duration retryAfter) {
        // An expected answer, and a frequent one under attack, so it has no stack trace.
        super(message, null, false, false);
        this.code = code;
        this.retryAfter = retryAfter;
    }

    public ProblemCode code() {
        return code;
    }

    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
