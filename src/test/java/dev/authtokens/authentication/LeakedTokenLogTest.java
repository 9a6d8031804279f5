package dev.authtokens.authentication;

import static dev.authtokens.harness.Api.USER;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.BehindProxies;
import dev.authtokens.harness.LogRecords;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leaked tokens are only logged here. */
@QuarkusTest
@TestProfile(BehindProxies.class)
@WithTestResource(ServiceDatabase.class)
class LeakedTokenLogTest {

    @Inject
    MeterRegistry metrics;

    private Counter leaked;

    @BeforeEach
    void findCounter() {
        leaked = metrics.counter("auth_tokens.tokens.leaked", "place", "Referer");
    }

    @Test
    void aLeakedTokenIsLoggedAndStaysValid() {
        String email = Accounts.create();
        String token = Accounts.token(email);
        double before = leaked.count();
        List<LogRecords.Line> lines = leak(token);
        assertEquals(1, lines.size(), lines::toString);
        assertEquals(before + 1, leaked.count());
        String line = lines.get(0).text();
        assertTrue(line.contains(email) && line.contains("Referer") && !line.contains(token), line);
        Api.as(token).get(USER).then().statusCode(200);
    }

    @Test
    void anExpiredTokenIsNotLogged() {
        String email = Accounts.create();
        String token = Accounts.token(email);
        Postgres.execute(
                ServiceDatabase.url(),
                "update users set expires_at = now() - interval '1 hour' where email = ?",
                email);
        double before = leaked.count();
        assertEquals(List.of(), leak(token));
        assertEquals(before, leaked.count());
    }

    private static List<LogRecords.Line> leak(String token) {
        try (LogRecords log = new LogRecords()) {
            given().header("Referer", "https://app.example.com/?access_token=" + token)
                    .get("/")
                    .then()
                    .statusCode(200);
            return log.of(LeakedTokenRevoker.class);
        }
    }
}
