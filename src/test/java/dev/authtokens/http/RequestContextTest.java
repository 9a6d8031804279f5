package dev.authtokens.http;

import static dev.authtokens.harness.Api.TOKENS;
import static dev.authtokens.harness.Api.base64;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.LogRecords;
import dev.authtokens.harness.RawConnection;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class RequestContextTest {

    private static final String UUID = "[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}";

    @ParameterizedTest
    @ValueSource(strings = {"a", "3e2f0b1c", "with spaces and ~!@#", "{\"json\":1}"})
    void echoesTheRequestId(String id) {
        given().header("X-Request-ID", id).get("/").then().header("X-Request-ID", equalTo(id));
        given().header("X-Request-ID", id).get("/nope").then().header("X-Request-ID", equalTo(id));
    }

    @Test
    void echoesTheLongestRequestId() {
        String longest = "x".repeat(128);
        given().header("X-Request-ID", longest).get("/").then().header("X-Request-ID", longest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "t\u00e4g", "tab\tin it", "gsa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    void makesARequestIdWhereTheOneSentIsNoGood(String id) {
        given().header("X-Request-ID", id).get("/").then().header("X-Request-ID", matchesPattern(UUID));
    }

    @Test
    void makesARequestIdWhereTheOneSentIsTooLong() {
        given().header("X-Request-ID", "x".repeat(129)).get("/").then().header("X-Request-ID", matchesPattern(UUID));
    }

    /** RFC 9110, section 6.6.1. */
    @Test
    void saysWhenItAnswered() {
        String date = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT";
        for (String path : List.of("/", "/nope", "/q/openapi")) {
            given().get(path).then().header("Date", matchesPattern(date));
        }
    }

    @Test
    void asksForABodyOnce() throws IOException {
        String body = "{\"email\":\"a@example.com\"}";
        try (RawConnection connection = RawConnection.to(RestAssured.port)) {
            connection.send("POST " + TOKENS + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Connection: close\r\nExpect: 100-continue\r\nContent-Length: " + body.length() + "\r\n\r\n");
            connection.send(body);
            String answers = new String(connection.input().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(2, answers.split("100 Continue", -1).length, answers);
            assertTrue(answers.contains("HTTP/1.1 400"), answers);
        }
    }

    @Test
    void logsWhoCalledForWhatWithoutSecrets() {
        String email = Accounts.create();
        try (LogRecords log = new LogRecords()) {
            String token = given().header("X-Request-ID", "request-1")
                    .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
                    .header("X-Giant-Swarm-Activity", "log-in")
                    .header("X-Giant-Swarm-CmdLine", "gsctl login " + email + " --password hunter2hunter2 -pshort")
                    .contentType(ContentType.JSON)
                    .body(Map.of("email", email, "password_base64", base64(Accounts.PASSWORD)))
                    .post(TOKENS)
                    .then()
                    .statusCode(200)
                    .extract()
                    .path("auth_token");
            Api.as(token)
                    .header("X-Request-ID", "request-2")
                    .header("traceparent", "00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-00")
                    .header("X-Giant-Swarm-Activity", "log-out")
                    .header("X-Giant-Swarm-CmdLine", "gsctl logout --auth-token not-" + token.substring(4))
                    .delete(TOKENS)
                    .then()
                    .statusCode(200);

            List<LogRecords.Line> records = log.of("audit").stream()
                    .filter(record -> record.text().contains(email))
                    .toList();
            assertEquals(2, records.size());
            Map<String, String> login = records.get(0).context();
            assertEquals("request-1", login.get("requestId"));
            assertEquals("log-in", login.get("activity"));
            assertEquals("gsctl login " + email + " --password REDACTED -p REDACTED", login.get("commandLine"));
            assertEquals("0af7651916cd43dd8448eb211c80319c", login.get("traceId"));
            assertEquals("b7ad6b7169203331", login.get("spanId"));
            assertFalse(login.containsKey("caller"));
            Map<String, String> logout = records.get(1).context();
            assertEquals("request-2", logout.get("requestId"));
            assertFalse(logout.containsKey("traceId") || logout.containsKey("spanId"));
            assertEquals("log-out", logout.get("activity"));
            assertEquals("gsctl logout --auth-token REDACTED", logout.get("commandLine"));
            assertEquals(email, logout.get("caller"));
        }
    }

    @Test
    void logsAuditEventsWithTheirParts() {
        String email = Accounts.create();
        try (LogRecords log = new LogRecords()) {
            Api.login(email, "a wrong password").then().statusCode(401);
            LogRecords.Line line = log.of("audit").get(0);
            assertEquals("LOGIN of " + email + ": INVALID_CREDENTIALS from 127.0.0.1", line.text());
            Map<String, String> parts = line.context();
            assertEquals("LOGIN", parts.get("kind"));
            assertEquals("INVALID_CREDENTIALS", parts.get("outcome"));
            assertEquals(email, parts.get("account"));
            assertEquals("127.0.0.1", parts.get("address"));
            assertTrue(parts.get("userAgent").startsWith("Apache-HttpClient"), parts.toString());
            assertTrue(parts.containsKey("requestId"), parts.toString());

            String token = Api.token(email, Accounts.PASSWORD);
            String id = Api.as(token).get(TOKENS).path("[0].id");
            Api.as(token).delete(TOKENS).then().statusCode(200);
            LogRecords.Line logout = log.of("audit").get(2);
            assertEquals("LOGOUT of " + email + ": SUCCESS", logout.text());
            assertEquals(email, logout.context().get("actor"));
            assertEquals(id, logout.context().get("tokenId"));
        }
    }

    @Test
    void boundsWhatItLogs() {
        String email = Accounts.create();
        String token = Api.token(email, Accounts.PASSWORD);
        try (LogRecords log = new LogRecords()) {
            Api.as(token)
                    .header("X-Giant-Swarm-Activity", "a".repeat(3000))
                    .header("X-Giant-Swarm-CmdLine", "c".repeat(3000))
                    .delete(TOKENS)
                    .then()
                    .statusCode(200);
            Map<String, String> context = log.of("audit").get(0).context();
            assertTrue(context.get("activity").length() <= 128);
            assertTrue(context.get("commandLine").length() <= 1024);
        }
    }
}
