package dev.authtokens.http;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.RawConnection;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class CrossOriginAccessTest {

    @TestHTTPResource("/")
    URI service;

    private static final String ALLOWED = "https://app.example.com";

    @ParameterizedTest
    @ValueSource(strings = {ALLOWED, "http://localhost:3000"})
    void letsScriptsOfTheAllowedOriginsAskFirst(String origin) {
        Response preflight = given().header("Origin", origin)
                .header("Access-Control-Request-Method", "DELETE")
                .header("Access-Control-Request-Headers", "authorization,x-request-id")
                .options(Api.TOKENS);
        mayBeReadBy(origin, preflight.then().statusCode(204));
        assertEquals(Set.of("DELETE", "GET", "PATCH", "POST", "PUT"), list(preflight, "Access-Control-Allow-Methods"));
        assertEquals(
                Set.of(
                        "authorization",
                        "content-type",
                        "x-giant-swarm-activity",
                        "x-giant-swarm-cmdline",
                        "x-request-id"),
                list(preflight, "Access-Control-Allow-Headers"));
    }

    @Test
    void letsThemReadSuccessAndErrors() {
        String email = Accounts.create();
        String token = Accounts.token(email);
        mayBeReadBy(ALLOWED, from(ALLOWED, token).get(Api.USER).then().statusCode(200));
        mayBeReadBy(ALLOWED, from(ALLOWED, "none").get(Api.USER).then().statusCode(401));
        mayBeReadBy(ALLOWED, from(ALLOWED, token).get("/v4/users/").then().statusCode(403));
        mayBeReadBy(ALLOWED, from(ALLOWED, token).get("/nowhere").then().statusCode(404));
        mayBeReadBy(ALLOWED, from(ALLOWED, token).patch(Api.USER).then().statusCode(405));
        mayBeReadBy(
                ALLOWED,
                from(ALLOWED, token).accept("text/html").get(Api.USER).then().statusCode(406));
        mayBeReadBy(
                ALLOWED,
                from(ALLOWED, token)
                        .contentType("text/plain")
                        .body("x")
                        .post(Api.TOKENS)
                        .then()
                        .statusCode(415));
        mayBeReadBy(
                ALLOWED,
                from(ALLOWED, token)
                        .contentType(ContentType.JSON)
                        .body("x".repeat(20_000))
                        .post(Api.TOKENS)
                        .then()
                        .statusCode(413));
        mayBeReadBy(
                ALLOWED,
                from(ALLOWED, token)
                        .contentType(ContentType.JSON)
                        .body("{")
                        .post(Api.TOKENS)
                        .then()
                        .statusCode(400));
    }

    @Test
    void mayReadAnErrorForAnAddressThatIsNoUri() throws IOException {
        try (RawConnection connection = RawConnection.to(service.getPort())) {
            connection.send("GET /v4/users/?prefix=a|b HTTP/1.1\r\nHost: localhost\r\nOrigin: " + ALLOWED + "\r\n\r\n");
            RawConnection.Answer answer = connection.answer(false).orElseThrow();
            assertEquals(400, answer.status());
            assertEquals(Optional.of(ALLOWED), answer.value("Access-Control-Allow-Origin"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://app.example.com.evil.example",
                "http://app.example.com",
                "https://app.example.com:8443",
                "https://APP.example.com",
                "null",
                "*",
                "https://evil.example, https://app.example.com"
            })
    void tellsOtherOriginsNothingAndAnswersAsEver(String origin) {
        from(origin, "none")
                .get("/")
                .then()
                .statusCode(200)
                .header("Access-Control-Allow-Origin", nullValue())
                .header("Vary", equalTo("origin"));
        Response preflight = given().header("Origin", origin)
                .header("Access-Control-Request-Method", "GET")
                .options(Api.USER);
        preflight.then().header("Access-Control-Allow-Origin", nullValue());
    }

    @Test
    void asksCachesToMindTheOrigin() {
        given().get("/").then().statusCode(200).header("Vary", equalTo("origin"));
    }

    private static io.restassured.specification.RequestSpecification from(String origin, String token) {
        return Api.as(token).header("Origin", origin);
    }

    private static void mayBeReadBy(String origin, ValidatableResponse answer) {
        answer.header("Access-Control-Allow-Origin", origin)
                .header("Access-Control-Allow-Credentials", nullValue())
                .header("Access-Control-Allow-Origin", not("*"));
        // Of a preflight neither the body nor other headers are for the script, and it is kept by no shared cache.
        if (answer.extract().header("Access-Control-Allow-Methods") == null) {
            answer.header("Vary", containsString("origin"));
            assertEquals(
                    Set.of("retry-after", "x-request-id"),
                    list(answer.extract().response(), "Access-Control-Expose-Headers"));
        }
    }

    private static Set<String> list(Response answer, String header) {
        Set<String> parts = new TreeSet<>();
        Arrays.stream(answer.header(header).split(","))
                .map(String::strip)
                .map(part -> header.endsWith("Methods") ? part : part.toLowerCase(java.util.Locale.ROOT))
                .forEach(parts::add);
        return parts;
    }
}
