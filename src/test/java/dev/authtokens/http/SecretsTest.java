package dev.authtokens.http;

import static dev.authtokens.harness.Api.TOKENS;
import static dev.authtokens.harness.Api.USER;
import static dev.authtokens.harness.Api.base64;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.LogRecords;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.runtime.util.HashUtil;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.filter.Filter;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.net.URL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Uses every kind of secret with the log at its most talkative, and looks for them in all that the service shows: its log, its
 * answers, the audit log, the metrics and the description of the API.
 */
@QuarkusTest
@TestProfile(SecretsTest.Talkative.class)
@WithTestResource(ServiceDatabase.class)
class SecretsTest {

    private static final String PEPPER = "a pepper that nobody may read";
    private static final String WRONG = "a wrong password of somebody";
    private static final String NEW = "another horse, another battery";
    private static final String WEAK = "qwertyuiop12";
    private static final String MISDIRECTED = "gsa_" + "Z".repeat(48);
    private static final List<String> BROKEN = List.of("12345678901234567890", "Y29ycmVjdEhvcnNlQmF0dGVyeQ");

    public static class Talkative implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarkus.log.min-level", "TRACE",
                    "quarkus.log.level", "TRACE",
                    // The records are looked at, not printed.
                    "quarkus.log.console.level", "WARN",
                    "auth-tokens.password.pepper", PEPPER);
        }
    }

    /** What somebody may see. */
    private record Shown(String where, String text) {}

    @TestHTTPResource(value = "/metrics", management = true)
    URL metrics;

    private final List<Shown> answers = new ArrayList<>();
    private final List<String> secrets = new ArrayList<>();

    @Test
    void noSecretIsLoggedAtAnyLevelOrShown() throws Exception {
        secrets.addAll(List.of(PEPPER, Postgres.PASSWORD, MISDIRECTED));
        secrets.addAll(BROKEN);
        for (String password : List.of(Accounts.PASSWORD, WRONG, NEW, WEAK)) {
            secrets.addAll(List.of(password, password.replace(" ", ""), base64(password)));
        }
        List<LogRecords.Line> lines;
        Filter keep = (request, response, context) -> {
            Response answer = context.next(request, response);
            // A token is shown once, to whom it is issued.
            String body = answer.asString().replaceFirst("\"auth_token\":\"[^\"]*\"", "");
            answers.add(new Shown(request.getMethod() + " " + request.getUserDefinedPath(), answer.headers() + body));
            return answer;
        };
        RestAssured.filters(keep);
        try (LogRecords log = new LogRecords()) {
            use();
            lines = log.all().stream().filter(SecretsTest::isOfTheService).toList();
        } finally {
            RestAssured.replaceFiltersWith(List.of());
        }
        assertTrue(lines.stream().anyMatch(line -> line.level() < 500), "the log is not talkative");
        List<Shown> shown = new ArrayList<>(answers);
        lines.forEach(line -> shown.add(new Shown("Log of " + line.logger(), line.text() + line.context())));
        for (Object row : Postgres.query(ServiceDatabase.url(), "select row_to_json(e)::text from audit_events e")) {
            shown.add(new Shown("Table of the audit log", row.toString()));
        }
        for (Shown one : shown) {
            for (String secret : secrets) {
                assertFalse(one.text().contains(secret), () -> one.where() + " shows " + secret + ": " + one.text());
            }
        }
    }

    private void use() throws Exception {
        String email = Accounts.create();
        String path = "/v4/users/" + email + "/";
        keepHash(email);
        String admin = keepToken(Api.token(Accounts.create(Role.ADMIN, null), Accounts.PASSWORD));
        String token = keepToken(Api.token(email, Accounts.PASSWORD));
        keepHash(email);

        Api.login(email, WRONG).then().statusCode(401);
        List<String> values = new ArrayList<>(BROKEN);
        values.add("[\"" + base64(WRONG) + "\"]");
        values.add("\"" + base64(WRONG) + "\"");
        for (String value : values) {
            // The last one has no end.
            String end = value.startsWith("\"") ? "" : "}";
            given().contentType(ContentType.JSON)
                    .body("{\"email\":\"" + email + "\",\"password_base64\":" + value + end)
                    .post(TOKENS)
                    .then()
                    .statusCode(400);
        }
        Api.as(token).get(USER).then().statusCode(200);
        Api.as(token).get(TOKENS).then().statusCode(200);
        Api.as(token).get("/v4/auth-tokens/verify/").then().statusCode(200);
        Api.as(MISDIRECTED).get(USER).then().statusCode(401);
        for (String asked : List.of(token, MISDIRECTED)) {
            Api.as(admin)
                    .contentType(ContentType.URLENC)
                    .body("token=" + asked)
                    .post("/oauth2/introspect")
                    .then()
                    .statusCode(200);
        }
        given().header("Authorization", "Basic " + base64(email + ":" + WRONG))
                .contentType(ContentType.URLENC)
                .body("token=" + token)
                .post("/oauth2/introspect")
                .then()
                .statusCode(401);
        secrets.add(base64(email + ":" + WRONG));
        given().formParam("token", token)
                .formParam("client_id", email)
                .formParam("client_secret", WRONG)
                .post("/oauth2/introspect")
                .then()
                .statusCode(401);
        Api.as(admin)
                .contentType(ContentType.JSON)
                .body(Map.of(
                        "apiVersion",
                        "authentication.k8s.io/v1",
                        "kind",
                        "TokenReview",
                        "spec",
                        Map.of("token", token)))
                .post("/k8s/token-reviews")
                .then()
                .statusCode(200);

        password(
                token, path, Map.of("current_password_base64", base64(WRONG), "new_password_base64", base64(NEW)), 401);
        password(admin, path, Map.of("new_password_base64", base64(WEAK)), 400);
        Api.as(admin)
                .contentType(ContentType.JSON)
                .body(Map.of("password", base64(NEW), "expiry", "nonsense"))
                .put("/v4/users/new-" + email + "/")
                .then()
                .statusCode(400);
        Api.as(admin).get("/v4/users/").then().statusCode(200);
        Api.as(admin).get(path).then().statusCode(200);

        // It ends there.
        given().header("X-Request-ID", token)
                .header("X-Giant-Swarm-Activity", token)
                .header("X-Giant-Swarm-CmdLine", "gsctl --auth-token=" + token + " -p" + WRONG.replace(" ", ""))
                .get("/")
                .then()
                .statusCode(200);
        Api.as(token).delete(TOKENS).then().statusCode(401);
        String last = keepToken(Api.token(email, Accounts.PASSWORD));
        given().queryParam("access_token", last).get("/nowhere").then().statusCode(404);
        Api.as(last).get(USER).then().statusCode(401);

        password(admin, path, Map.of("new_password_base64", base64(NEW)), 202);
        keepHash(email);
        String trail = Api.as(admin)
                .get("/v4/audit-events/?limit=1000")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        assertTrue(trail.contains("TOKEN_LEAKED") && trail.contains("PASSWORD_CHANGED"), trail);
        String measured = given().get(metrics).asString();
        assertTrue(measured.contains("auth_tokens_"), measured);
        String description = given().get("/q/openapi").asString();
        assertTrue(description.contains(TOKENS), description);
    }

    private static void password(String token, String path, Map<String, String> body, int status) {
        Api.as(token)
                .contentType(ContentType.JSON)
                .body(body)
                .post(path + "password/")
                .then()
                .statusCode(status);
    }

    private String keepToken(String token) throws Exception {
        byte[] random = Arrays.copyOf(Base64.getUrlDecoder().decode(token.substring(4)), 32);
        assertEquals(52, token.length());
        secrets.addAll(
                List.of(token, token.substring(4, 40), HexFormat.of().formatHex(random), HashUtil.sha256(random)));
        return token;
    }

    private void keepHash(String email) {
        String hash = Accounts.hashOf(email);
        secrets.addAll(List.of(hash, hash.substring(hash.length() - 53)));
    }

    /** The client of this test runs in the same process. */
    private static boolean isOfTheService(LogRecords.Line line) {
        return Stream.of("org.apache.http", "io.restassured", "groovy").noneMatch(line.logger()::startsWith);
    }
}
