package dev.authtokens;

import static dev.authtokens.Api.TOKENS;
import static dev.authtokens.Api.USER;
import static dev.authtokens.Api.base64;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.user.Accounts;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Uses every kind of secret with the log at its most talkative, and looks for them in what was logged. */
@QuarkusTest
@TestProfile(SecretsTest.Talkative.class)
@WithTestResource(ServiceDatabase.class)
class SecretsTest {

    private static final String PEPPER = "a pepper that nobody may read";

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

    @Test
    void noSecretIsLoggedAtAnyLevel() {
        String email = Accounts.create();
        String oldHash = Accounts.hashOf(email);
        String wrong = "a wrong password of somebody";
        String misdirected = "gsa_" + "Z".repeat(48);
        String token;
        List<LogRecords.Line> lines;
        try (LogRecords log = new LogRecords()) {
            token = Api.token(email, Accounts.PASSWORD);
            Api.login(email, wrong).then().statusCode(401);
            given().contentType(ContentType.JSON)
                    .body("{\"email\":\"" + email + "\",\"password_base64\":\"" + base64(wrong) + "\"")
                    .post(TOKENS)
                    .then()
                    .statusCode(400);
            given().contentType(ContentType.JSON)
                    .body("{\"email\":\"" + email + "\",\"password_base64\":[\"" + base64(wrong) + "\"]}")
                    .post(TOKENS)
                    .then()
                    .statusCode(400);
            for (String broken : List.of("12345678901234567890", "Y29ycmVjdEhvcnNlQmF0dGVyeQ")) {
                given().contentType(ContentType.JSON)
                        .body("{\"email\":\"" + email + "\",\"password_base64\":" + broken + "}")
                        .post(TOKENS)
                        .then()
                        .statusCode(400);
            }
            Api.as(token).get(USER).then().statusCode(200);
            Api.as(misdirected).get(USER).then().statusCode(401);
            given().header("X-Request-ID", token)
                    .header("X-Giant-Swarm-Activity", token)
                    .header("X-Giant-Swarm-CmdLine", "gsctl --auth-token=" + token + " -p" + wrong.replace(" ", ""))
                    .get("/");
            Api.as(token).delete(TOKENS).then().statusCode(401);
            lines = log.all().stream().filter(SecretsTest::isOfTheService).toList();
        }
        assertTrue(lines.stream().anyMatch(line -> line.level() < 500), "the log is not talkative");
        List<String> secrets = List.of(
                Accounts.PASSWORD,
                base64(Accounts.PASSWORD),
                wrong,
                wrong.replace(" ", ""),
                base64(wrong),
                token,
                token.substring(4, 40),
                misdirected,
                "12345678901234567890",
                "Y29ycmVjdEhvcnNlQmF0dGVyeQ",
                PEPPER,
                Postgres.PASSWORD,
                oldHash,
                oldHash.substring(oldHash.length() - 53),
                Accounts.hashOf(email),
                HexFormat.of().formatHex(Base64.getUrlDecoder().decode(token.substring(4)), 0, 32));
        for (LogRecords.Line line : lines) {
            String all = line.text() + line.context();
            for (String secret : secrets) {
                assertFalse(all.contains(secret), () -> line.logger() + " logs a secret: " + all);
            }
        }
    }

    /** The client of this test runs in the same process. */
    private static boolean isOfTheService(LogRecords.Line line) {
        return Stream.of("org.apache.http", "io.restassured", "groovy").noneMatch(line.logger()::startsWith);
    }
}
