package dev.authtokens.problem;

import static dev.authtokens.harness.Api.TOKENS;
import static dev.authtokens.harness.Api.USER;
import static dev.authtokens.harness.Api.isProblem;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.RawConnection;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class ProblemResponsesTest {

    private static final int MAX_BODY = 16 * 1024;

    @TestHTTPResource("/")
    URI service;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nope",
                "/v4",
                "/v4/",
                "/v4/nope/",
                "/v4/user/nope/",
                "/v4/user%2f",
                "/v4/user/%20",
                "/q/nope",
                "/favicon.ico",
                "/../etc/passwd",
                "/%ff%fe",
                "/v4/%00/"
            })
    void unknownPathsAre404(String path) throws Exception {
        String answer = raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 404 "), answer);
        assertTrue(answer.contains("Content-Type: application/json\r\n"), answer);
        assertTrue(
                answer.endsWith("{\"code\":\"RESOURCE_NOT_FOUND\",\"message\":\"There is no such resource.\"}"),
                answer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT    | /v4/auth-tokens/ | DELETE, GET, HEAD, OPTIONS, POST",
                "PATCH  | /v4/auth-tokens  | DELETE, GET, HEAD, OPTIONS, POST",
                "POST   | /v4/user/        | GET, HEAD, OPTIONS",
                "DELETE | /v4/info         | GET, HEAD, OPTIONS",
                "PUT    | /                | GET, HEAD, OPTIONS",
            })
    void unsupportedMethodsAre405AndTellWhichAre(String method, String path, String allow) {
        isProblem(given().request(method, path), 405, "METHOD_NOT_ALLOWED").header("Allow", allow);
    }

    @Test
    void otherRepresentationsAre406() {
        isProblem(given().accept("text/html").get("/"), 406, "NOT_ACCEPTABLE");
        isProblem(given().accept("application/xml").get(USER), 406, "NOT_ACCEPTABLE");
        given().accept("text/html, */*;q=0.8").get("/").then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "application/xml"})
    void otherBodiesAre415(String contentType) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(service.resolve(TOKENS))
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertTrue(answer.statusCode() == 415, answer.statusCode() + answer.body());
        assertTrue(answer.body().contains("\"UNSUPPORTED_MEDIA_TYPE\""), answer.body());
    }

    @Test
    void bodiesOverTheLimitAre413() {
        isProblem(login("a".repeat(MAX_BODY)), 413, "PAYLOAD_TOO_LARGE");
        isProblem(login("a".repeat(10 * MAX_BODY)), 413, "PAYLOAD_TOO_LARGE");
        isProblem(
                given().contentType(ContentType.JSON).body(" ".repeat(MAX_BODY)).post(TOKENS), 400, "INVALID_INPUT");
    }

    @Test
    void bodiesOverTheLimitAre413AlsoWhenTheirLengthIsNotTold() throws Exception {
        String chunk = "4000\r\n" + "{\"email\":\"" + "a".repeat(0x4000 - 10) + "\r\n";
        String answer = raw("POST /v4/auth-tokens/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk + "0\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
        assertTrue(answer.contains("\"PAYLOAD_TOO_LARGE\""), answer);
    }

    @Test
    void aVeryLongBodyDoesNotHoldTheConnection() throws Exception {
        int length = 20 * 1024 * 1024;
        String answer = raw("POST /v4/auth-tokens/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + length + "\r\n\r\n" + "a".repeat(length));
        assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
    }

    /** Else a client or a proxy would send its next request on a connection that ends, or as the rest of this body. */
    @ParameterizedTest
    @ValueSource(strings = {"", "Expect: 100-continue\r\n"})
    void tellsThatTheConnectionEndsAfterABodyThatIsTooLarge(String expectation) throws IOException {
        try (RawConnection connection = RawConnection.to(service.getPort())) {
            connection.send("POST /v4/auth-tokens/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + expectation + "Content-Length: 17000\r\n\r\n"
                    + (expectation.isEmpty() ? "a".repeat(17_000) : ""));
            RawConnection.Answer answer = connection.answer(false).orElseThrow();
            assertEquals(413, answer.status());
            assertTrue(answer.endsConnection(), answer::toString);
            assertTrue(connection.isEndedWithin((int) Await.PATIENCE.toMillis()));
        }
    }

    @Test
    void personalDataAreNotCachedHoweverThePathIsWritten() throws Exception {
        String answer = raw("GET /q/../v4/user/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 401 ") && answer.contains("Cache-Control: no-store"), answer);
    }

    @Test
    void anEmptyChunkedBodyIsAnEmptyBody() throws Exception {
        String answer = raw("POST /v4/auth-tokens/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 400 ") && answer.contains("\"INVALID_INPUT\""), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v4/user/%", "/v4/user/%zz", "/v4/user/?a=%zz", "/v4/user/?a=b|c", "/{}"})
    void whatIsNoUriIs400(String target) throws Exception {
        String answer = raw("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 400 ") && answer.contains("\"INVALID_INPUT\""), answer);
        assertTrue(answer.contains("X-Request-ID: "), answer);
    }

    @Test
    void aRequestWithoutHostIs400() throws Exception {
        String answer = raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 400 ") && answer.contains("\"INVALID_INPUT\""), answer);
        assertTrue(answer.contains("X-Request-ID: "), answer);
    }

    @Test
    void missingCredentialsGetAChallenge() {
        isProblem(given().get(USER), 401, "PERMISSION_DENIED");
        isProblem(given().delete(TOKENS), 401, "PERMISSION_DENIED");
    }

    @Test
    void pathsAnswerWithAndWithoutTheSlashAtTheirEnd() {
        isProblem(given().get("/v4/user"), 401, "PERMISSION_DENIED");
        isProblem(given().delete("/v4/auth-tokens"), 401, "PERMISSION_DENIED");
        isProblem(given().get("/v4/info"), 401, "PERMISSION_DENIED");
    }

    @Test
    void headAndOptionsAreAnswered() {
        given().head("/").then().statusCode(200);
        given().options("/v4/auth-tokens/").then().statusCode(200).header("Allow", not(nullValue()));
    }

    @Test
    void pingAnswersJson() {
        given().get("/").then().statusCode(200).contentType(ContentType.JSON).body("name", equalTo("auth-tokens"));
    }

    private static Response login(String password) {
        return Api.login("nobody@example.com", password);
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(service.getHost(), service.getPort())) {
            socket.setSoTimeout((int) Await.PATIENCE.toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
