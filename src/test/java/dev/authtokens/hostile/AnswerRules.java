package dev.authtokens.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.authtokens.audit.Redactor;
import dev.authtokens.harness.RawConnection.Answer;
import dev.authtokens.harness.RawConnection.Header;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What must be true of every answer, whatever was asked. */
final class AnswerRules {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}");
    private static final Pattern ACCEPTED = Pattern.compile("[ -~]{1,128}");
    private static final Pattern INSIDES = Pattern.compile(
            "Exception|\\bjava|dev\\.authtokens|jakarta|jackson|vertx|netty|hibernate|postgres|SQL|\\tat ");

    private static final Set<String> HEADERS = Set.of(
            "access-control-allow-origin",
            "allow",
            "cache-control",
            "connection",
            "content-length",
            "content-security-policy",
            "content-type",
            "date",
            "referrer-policy",
            "retry-after",
            "transfer-encoding",
            "www-authenticate",
            "x-auth-request-email",
            "x-auth-request-role",
            "x-auth-request-user",
            "x-content-type-options",
            "x-request-id");

    /** What the HTTP server itself answers to an unknown version of HTTP, without a body. */
    private static final int OF_THE_HTTP_SERVER = 501;

    /** A proxy asks there with what it was asked itself, and takes these for a fault of its own. */
    private static final Set<Integer> NEVER_AT_VERIFY = Set.of(404, 405, 406, 413, 415);

    private static final String VERIFY = "/v4/auth-tokens/verify/";

    private static final int MAX_REQUEST_LINE = 16 * 1024;
    private static final int MAX_HEADERS = 32 * 1024;

    private AnswerRules() {}

    static void check(HostileRequest request, Optional<Answer> given) throws IOException {
        if (given.isEmpty()) {
            assertTrue(request.isBroken, "The connection ended without an answer");
            return;
        }
        Answer answer = given.get();
        if (answer.value("X-Request-ID").isEmpty()) {
            assertTrue(request.isBroken && answer.status() == OF_THE_HTTP_SERVER, "Not an answer of the service");
            assertEquals(0, answer.body().length, "Length of an answer of the HTTP server");
            return;
        }
        assertTrue(answer.status() < 500, "A fault of the service");
        if (request.target.startsWith(VERIFY) && !request.isBroken && request.framedBody == null) {
            assertFalse(NEVER_AT_VERIFY.contains(answer.status()), "A status that no proxy expects");
        }
        headers(answer);
        requestId(request, answer);
        if (answer.status() >= 400) {
            problem(request, answer);
        } else {
            success(request, answer);
        }
    }

    /** Whether its headers cannot be read, or not all of them. */
    private static boolean isUnreadable(HostileRequest request) {
        return request.isBroken
                || request.framedBody != null
                || request.lengthOfLine() > MAX_REQUEST_LINE
                || request.lengthOfHeaders() > MAX_HEADERS;
    }

    private static void headers(Answer answer) {
        Set<String> names = answer.headers().stream()
                .map(header -> header.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
        names.removeAll(HEADERS);
        assertEquals(Set.of(), names, "Headers that no answer has");
        for (Header header : answer.headers()) {
            assertTrue(header.value().chars().allMatch(c -> c >= 0x20 && c < 0x7f), header.toString());
        }
        assertEquals(List.of("nosniff"), answer.values("X-Content-Type-Options"));
        assertEquals(1, answer.values("Date").size(), "Number of dates");
    }

    private static void requestId(HostileRequest request, Answer answer) {
        assertEquals(1, answer.values("X-Request-ID").size(), "Number of request ids");
        String id = answer.value("X-Request-ID").orElseThrow();
        List<String> sent = request.values("X-Request-ID");
        if (sent.size() != 1 || sent.get(0).contains("\r") || sent.get(0).contains("\n") || isUnreadable(request)) {
            assertTrue(ACCEPTED.matcher(id).matches(), id);
            return;
        }
        String only = sent.get(0).strip();
        boolean acceptable = ACCEPTED.matcher(only).matches() && only.equals(Redactor.redact(only));
        assertTrue(acceptable ? id.equals(only) : UUID.matcher(id).matches(), "Request id " + id + " for " + only);
    }

    private static void problem(HostileRequest request, Answer answer) throws IOException {
        assertEquals(Optional.of("application/json"), contentType(answer), "Content type");
        assertEquals(
                answer.status() == 401, answer.value("WWW-Authenticate").isPresent(), "WWW-Authenticate is for 401");
        assertTrue(answer.status() != 405 || answer.value("Allow").isPresent(), "A 405 has Allow");
        assertTrue(answer.status() != 429 || answer.value("Retry-After").isPresent(), "A 429 has Retry-After");
        if (request.isHead()) {
            return;
        }
        JsonNode body = MAPPER.readTree(answer.body());
        assertEquals(body.has("error") ? 4 : 2, body.size(), "Fields of an error");
        String path = request.target.replace("%2F", "/");
        assertTrue(!body.has("error") || path.contains("/oauth2/"), "An error of OAuth");
        assertTrue(body.path("code").isTextual() && body.path("message").isTextual(), "Fields of an error");
        assertFalse(INSIDES.matcher(body.path("message").asText()).find(), "Tells about the inside");
    }

    private static void success(HostileRequest request, Answer answer) throws IOException {
        assertFalse(
                request.operation.isLogin()
                        && request.hasWrongPassword
                        && answer.text().contains("gsa_"),
                "Logged in with another password");
        if (answer.body().length > 0 && contentType(answer).orElse("").equals("application/json")) {
            MAPPER.readTree(answer.body());
        } else {
            assertTrue(request.isHead() || request.method.equals("OPTIONS"), "A success that is no JSON");
        }
    }

    private static Optional<String> contentType(Answer answer) {
        return answer.value("Content-Type").map(type -> type.replaceFirst(";.*", ""));
    }
}
