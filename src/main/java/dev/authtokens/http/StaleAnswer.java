package dev.authtokens.http;

import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Optional;

/** Says in an answer that it relies on a token as it was last read, since the database cannot be reached. */
public final class StaleAnswer {

    public static final String HEADER = "X-Auth-Tokens-Stale";

    private StaleAnswer() {}

    /** @param age time since the token was known to be valid; empty when it is known to be valid now */
    public static void mark(HttpServerResponse response, Optional<Duration> age) {
        age.ifPresent(time -> response.headers().set(HEADER, String.valueOf(time.toSeconds())));
    }
}
