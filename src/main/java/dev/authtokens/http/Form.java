package dev.authtokens.http;

import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.core.MediaType;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Reads a form strictly: complete percent-encoding, no parameter twice (RFC 6749, section 3.2). Vert.x' own decoder answers
 * broken encoding with 500, or not at all.
 */
final class Form {

    private static final int MAX_PARAMETERS = 100;

    private Form() {}

    /** Makes the parameters known to the request where its body is a form. */
    static void read(HttpServerRequest request, Buffer body) {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith(MediaType.APPLICATION_FORM_URLENCODED)) {
            return;
        }
        MultiMap parameters = request.formAttributes();
        for (String parameter : body.toString(StandardCharsets.UTF_8).split("&")) {
            int equals = parameter.indexOf('=');
            String name = decode(equals < 0 ? parameter : parameter.substring(0, equals));
            if (parameters.contains(name) || parameters.size() == MAX_PARAMETERS) {
                throw new Problem(ProblemCode.INVALID_INPUT, "A form parameter occurs twice, or there are too many.");
            }
            parameters.add(name, equals < 0 ? "" : decode(parameter.substring(equals + 1)));
        }
        if (parameters.isEmpty()) {
            throw new Problem(ProblemCode.INVALID_INPUT, "The form has no parameter.");
        }
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Problem(ProblemCode.INVALID_INPUT, "The form is not percent-encoded correctly.");
        }
    }
}
