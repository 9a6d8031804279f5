package dev.authtokens.login;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.CountedDatabase;
import dev.authtokens.harness.TestClock;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How often a login and what follows it go to the database: each time costs a round trip, and holds a connection for as long. */
@QuarkusTest
@WithTestResource(CountedDatabase.class)
class LoginRoundTripsTest {

    private static final Instant PAST = Instant.parse("2020-01-01T00:00:00Z");

    /** An attempt waits for a shorter delay, and asks again. */
    private static final int LONGEST_WAIT_SECONDS = 2;

    @Inject
    TestClock clock;

    AtomicLong roundTrips;

    @AfterEach
    void resetClock() {
        clock.reset();
    }

    private record Credentials(String email, String password) {}

    /** May it be tried, which account; then the token, the audit event, the reset of the failures, and the commit of these. */
    @Test
    void aSuccessfulLoginTakesSix() {
        Credentials valid = new Credentials(Accounts.create(), Accounts.PASSWORD);
        assertEquals(6, count(200, valid));
        assertEquals(6, count(200, valid), "from a network that is known");
    }

    /** May it be tried, which account; then the audit event. Another number would reveal what was wrong. */
    @Test
    void everyRefusalTakesThree() {
        Map<String, Credentials> kinds = Map.of(
                "unknown account", new Credentials("no-" + Accounts.create(), Accounts.PASSWORD),
                "no address", new Credentials("no address " + Accounts.create(), Accounts.PASSWORD),
                "wrong password", new Credentials(Accounts.create(), "wrong"),
                "empty password", new Credentials(Accounts.create(), ""),
                "overlong password", new Credentials(Accounts.create(), "x".repeat(5_000)),
                "expired account, wrong password", new Credentials(Accounts.create(Role.USER, PAST), "wrong"),
                "expired account", new Credentials(Accounts.create(Role.USER, PAST), Accounts.PASSWORD));
        Map<String, Long> expected = new TreeMap<>();
        Map<String, Long> counted = new TreeMap<>();
        kinds.forEach((kind, credentials) -> {
            expected.put(kind, 3L);
            counted.put(kind, count(401, credentials));
        });
        assertEquals(expected, counted);
    }

    /** May it be tried. That it was refused is recorded once a minute, by another one. */
    @Test
    void aRefusalOfTheThrottleTakesOne() {
        clock.stop();
        for (String email : new String[] {Accounts.create(), "no-" + Accounts.create()}) {
            int delay = 0;
            while (delay <= LONGEST_WAIT_SECONDS) {
                clock.moveOn(Duration.ofSeconds(delay));
                Response answer = Api.login(email, "wrong");
                delay = answer.statusCode() == 429 ? Integer.parseInt(answer.header("Retry-After")) : 0;
            }
            assertEquals(1, count(429, new Credentials(email, "wrong")));
        }
    }

    /** The token and its account, in one; none when the token is cached. */
    @Test
    void whoAmITakesOne() {
        String token = Accounts.token(Accounts.create());
        assertEquals(1, count(() -> Api.as(token).get(Api.USER).then().statusCode(200)));
    }

    private long count(int status, Credentials credentials) {
        return count(() ->
                Api.login(credentials.email(), credentials.password()).then().statusCode(status));
    }

    /** The fewest of three times: what the service does by itself, each minute or so, may come in between. */
    private long count(Runnable request) {
        long fewest = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            long before = roundTrips.get();
            request.run();
            fewest = Math.min(fewest, roundTrips.get() - before);
        }
        return fewest;
    }
}
