package dev.authtokens.login;

import static dev.authtokens.harness.Api.TOKENS;
import static dev.authtokens.harness.Api.base64;
import static dev.authtokens.harness.Api.isProblem;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.oneOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.AtOnce;
import dev.authtokens.harness.BehindProxies;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import dev.authtokens.harness.TestClock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client of this test connects from a trusted proxy, so that it can come from anywhere. */
@QuarkusTest
@TestProfile(BehindProxies.class)
@WithTestResource(ServiceDatabase.class)
@Tag("any-runtime")
class LoginThrottleTest {

    private static final String HOME = "192.0.2.1";
    private static final AtomicInteger ATTACKERS = new AtomicInteger();
    private static final int FREE = 5;
    private static final int FAILURES_OF_AN_ADDRESS = BehindProxies.ADDRESS_FAILURES;

    /** Another one in each test. */
    private final String attacker = "198.51.100." + ATTACKERS.incrementAndGet();

    @Inject
    TestClock clock;

    @Inject
    AccountFailures failures;

    @Inject
    MeterRegistry metrics;

    /** How long a delay lasts yet would depend on how slow the machine is. */
    @BeforeEach
    void stopClock() {
        clock.stop();
    }

    @AfterEach
    void resetClock() {
        clock.reset();
    }

    @Test
    void afterFiveFailuresEachDoublesTheDelayUpToAQuarterOfAnHour() {
        String email = Accounts.create();
        for (int i = 0; i <= FREE; i++) {
            isProblem(login(attacker, email, "wrong"), 401, "INVALID_CREDENTIALS");
        }
        clock.moveOn(Duration.ofSeconds(1));
        for (int seconds : new int[] {2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900}) {
            isProblem(login(attacker, email, "wrong"), 401, "INVALID_CREDENTIALS");
            Response refusal = login(attacker, email, Accounts.PASSWORD);
            isProblem(refusal, 429, "TOO_MANY_REQUESTS").header("Retry-After", String.valueOf(seconds));
            clock.moveOn(Duration.ofSeconds(seconds));
        }
        login(attacker, email, Accounts.PASSWORD).then().statusCode(200);
    }

    @Test
    void addressesWithoutAnAccountAreTreatedAlike() {
        List<String> known = attack(Accounts.create());
        assertEquals(known, attack("nobody-" + UUID.randomUUID() + "@example.com"));
        assertEquals(known, attack("no address " + UUID.randomUUID()));
    }

    private List<String> attack(String email) {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Response answer = login(attacker, email, "wrong");
            answers.add(answer.statusCode() + " " + LoginTest.headers(answer) + " " + answer.asString());
            clock.moveOn(Duration.ofSeconds(1));
        }
        return answers;
    }

    /** Otherwise guesses would show it. */
    @Test
    void anAddressThatGetsOrLosesItsAccountStaysThrottled() {
        String email = "nobody-" + UUID.randomUUID() + "@example.com";
        login(attacker, email, "wrong").then().statusCode(401);
        Postgres.execute(
                ServiceDatabase.url(), "update login_attempts set failures = 20, open_at = now() + interval '1 hour'");
        Accounts.createAs(email);
        isThrottled(email);
        String renamed = "renamed-" + email;
        Postgres.execute(
                ServiceDatabase.url(),
                "update users set email_canonical = ? where email_canonical = ?",
                renamed,
                email);
        isThrottled(email);
        isThrottled(renamed);
        Postgres.execute(ServiceDatabase.url(), "delete from users where email_canonical = ?", renamed);
        isThrottled(renamed);
    }

    private void isThrottled(String email) {
        isProblem(login(attacker, email, Accounts.PASSWORD), 429, "TOO_MANY_REQUESTS");
    }

    @Test
    void formsOfOneAddressShareItsTurns() {
        String email = Accounts.create();
        for (int i = 0; i < FREE; i++) {
            login(attacker, email, "wrong");
        }
        login(attacker, email.toUpperCase(Locale.ROOT), "wrong");
        clock.moveOn(Duration.ofSeconds(1));
        login(attacker, " " + email, "wrong");
        isProblem(
                login(attacker, email.replace("example", "\uFF45xample"), Accounts.PASSWORD), 429, "TOO_MANY_REQUESTS");
    }

    @Test
    void whoLoggedInLatelyIsLetInWhileOthersGuess() {
        String email = Accounts.create();
        login(HOME, email, Accounts.PASSWORD).then().statusCode(200);
        shutOut(email);
        login(HOME, email, "a slip of the finger").then().statusCode(401);
        login(HOME, email, Accounts.PASSWORD).then().statusCode(200);
        isProblem(login(attacker, email, Accounts.PASSWORD), 429, "TOO_MANY_REQUESTS");
        isProblem(login("192.0.2.2", email, Accounts.PASSWORD), 429, "TOO_MANY_REQUESTS");
    }

    /** Of IPv6, the neighbour in the same /64 is the same client. */
    @Test
    void aNetworkOfIpV6IsOneSource() {
        String email = Accounts.create();
        login("2001:db8:1:2::3", email, Accounts.PASSWORD).then().statusCode(200);
        shutOut(email);
        login("2001:db8:1:2:ffff::4", email, Accounts.PASSWORD).then().statusCode(200);
        login("2001:db8:1:3::3", email, Accounts.PASSWORD).then().statusCode(429);
    }

    /** Such as by a server whose clock was wrong until now. */
    @Test
    void nobodyWaitsForADatabaseClockThatWasPutBack() {
        String email = Accounts.create();
        clock.moveOn(Duration.ofHours(1));
        login("192.0.2.1", email, Accounts.PASSWORD).then().statusCode(200);
        login(attacker, email, "wrong").then().statusCode(401);
        clock.moveOn(Duration.ofHours(-1));
        login("192.0.2.1", email, Accounts.PASSWORD).then().statusCode(200);
        login(attacker, email, Accounts.PASSWORD).then().statusCode(200);
    }

    @Test
    void onlyTheLatestFiveSourcesAreRemembered() {
        String email = Accounts.create();
        for (int i = 1; i <= 6; i++) {
            login("192.0.2." + i, email, Accounts.PASSWORD).then().statusCode(200);
            clock.moveOn(Duration.ofSeconds(1));
        }
        shutOut(email);
        login("192.0.2.1", email, Accounts.PASSWORD).then().statusCode(429);
        for (int i = 2; i <= 6; i++) {
            login("192.0.2." + i, email, Accounts.PASSWORD).then().statusCode(200);
        }
    }

    @Test
    void aGoodLoginBeginsAnew() {
        String email = Accounts.create();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < FREE; i++) {
                login(attacker, email, "wrong").then().statusCode(401);
            }
            login(attacker, email, Accounts.PASSWORD).then().statusCode(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auth_tokens", "audit_events"})
    void onlyWrongPasswordsCountWhileTheDatabaseRefuses(String table) {
        String email = Accounts.create();
        refusing(table, "insert", "true", () -> {
            for (int i = 0; i < 2 * FREE; i++) {
                isProblem(login(attacker, email, Accounts.PASSWORD), 503, "NOT_YET_AVAILABLE");
            }
            assertEquals(List.of(0), failuresOf(email));
            refusing("login_attempts", "update", "new.failures < old.failures", () -> {
                login(attacker, email, Accounts.PASSWORD).then().statusCode(503);
                failures.writeWithdrawn();
            });
            assertEquals(List.of(1), failuresOf(email));
            failures.writeWithdrawn();
            assertEquals(List.of(0), failuresOf(email));
            login(attacker, email, "wrong");
            failures.writeWithdrawn();
            assertEquals(List.of(1), failuresOf(email));
        });
    }

    private static void refusing(String table, String change, String condition, Runnable work) {
        Postgres.execute(
                ServiceDatabase.url(),
                "create or replace function refuse() returns trigger language plpgsql as"
                        + " $$ begin raise 'refused' using errcode = 'query_canceled'; end $$");
        Postgres.execute(
                ServiceDatabase.url(),
                "create trigger refuse before " + change + " on " + table + " for each row when (" + condition
                        + ") execute function refuse()");
        try {
            work.run();
        } finally {
            Postgres.execute(ServiceDatabase.url(), "drop trigger refuse on " + table);
        }
    }

    private static List<Object> failuresOf(String email) {
        return Postgres.query(
                ServiceDatabase.url(),
                "select failures from login_attempts"
                        + " where account = (select int8send(id) from users where email = ?)",
                email);
    }

    @Test
    void aNewPasswordByAnAdministratorBeginsAnew() {
        String email = Accounts.create();
        shutOut(email);
        String admin = Accounts.token(Accounts.create(Role.ADMIN, null));
        String newPassword = "another horse, another battery";
        Api.as(admin)
                .contentType(ContentType.JSON)
                .body(Map.of("new_password_base64", base64(newPassword)))
                .post("/v4/users/" + email + "/password/")
                .then()
                .statusCode(202);
        login(HOME, email, newPassword).then().statusCode(200);
    }

    /** NIST SP 800-63B-4, section 3.2.2: with all the patience of the world, and from every source that there is. */
    @Test
    void noMoreThanAHundredFailuresInARowReachTheHash() {
        String email = Accounts.create();
        int sources = AccountFailures.MAX_KNOWN_NETWORKS;
        for (int i = 0; i < sources; i++) {
            login("192.0.2." + i, email, Accounts.PASSWORD).then().statusCode(200);
        }
        int hashed = 0;
        for (int i = 0; i < 110 + 10 * sources; i++) {
            clock.moveOn(Duration.ofMinutes(15));
            hashed += login("192.0.2." + i % (2 * sources), email, "wrong").statusCode() == 401 ? 1 : 0;
        }
        assertEquals(100, hashed);
        isProblem(login(attacker, email, Accounts.PASSWORD), 429, "TOO_MANY_REQUESTS");
    }

    /** Of the account, and of an address without one. */
    @Test
    void afterFiftyFailuresOfUnknownClientsTheDelayIsThirtyDays() {
        String home = "192.0.2.3";
        String email = Accounts.create();
        login(home, email, Accounts.PASSWORD).then().statusCode(200);
        int thirtyDays = (int) Duration.ofDays(30).toSeconds();
        for (String target : List.of(email, "nobody-" + UUID.randomUUID())) {
            login(attacker, target, "wrong").then().statusCode(401);
            Postgres.execute(
                    ServiceDatabase.url(),
                    "update login_attempts set failures = 49 where failures = 1 and source = ''");
            login(attacker, target, "wrong").then().statusCode(401);
            String delay = isProblem(login(attacker, target, Accounts.PASSWORD), 429, "TOO_MANY_REQUESTS")
                    .extract()
                    .header("Retry-After");
            assertEquals(thirtyDays, Integer.parseInt(delay), 60);
        }
        login(home, email, Accounts.PASSWORD).then().statusCode(200);
        clock.moveOn(Duration.ofDays(30));
        login(attacker, email, "wrong").then().statusCode(401);
        login(attacker, email, Accounts.PASSWORD).then().statusCode(200);
    }

    @Test
    void thirtyDaysWithoutAnAttemptBeginAnew() {
        String email = Accounts.create();
        shutOut(email);
        failures.deleteExpired();
        login(attacker, email, Accounts.PASSWORD).then().statusCode(429);
        clock.moveOn(Duration.ofDays(31));
        Postgres.execute(
                ServiceDatabase.url(),
                "insert into login_attempts select sha256(convert_to('old ' || n, 'UTF8')), '', 1, now(), now()"
                        + " from generate_series(1, 2500) as n");
        failures.deleteExpired();
        assertEquals(
                List.of(0L),
                Postgres.query(
                        ServiceDatabase.url(),
                        "select count(*) from login_attempts"
                                + " where account = (select int8send(id) from users where email = ?)",
                        email));
        for (int i = 0; i < FREE; i++) {
            login(attacker, email, "wrong").then().statusCode(401);
        }
        login(attacker, email, Accounts.PASSWORD).then().statusCode(200);
    }

    @Test
    void keepsTheFailuresOfAccountsHoweverManyUnknownAddressesFail() {
        String email = Accounts.create();
        shutOut(email);
        Postgres.execute(
                ServiceDatabase.url(),
                "insert into login_attempts select sha256(convert_to('made up ' || n, 'UTF8')), '', 1,"
                        + " now() - n * interval '1 second', now() from generate_series(1, 1000) as n");
        failures.deleteSurplus(300);
        String kept = "select count(*) from login_attempts where length(account) = ";
        assertEquals(List.of(300L), Postgres.query(ServiceDatabase.url(), kept + 32));
        login(attacker, email, Accounts.PASSWORD).then().statusCode(429);
        failures.deleteSurplus(300);
        assertEquals(List.of(300L), Postgres.query(ServiceDatabase.url(), kept + 32));
    }

    @Test
    void anAddressThatFailsOftenIsRefusedForAWhileWhateverTheAccount() {
        for (int i = 0; i < FAILURES_OF_AN_ADDRESS; i++) {
            isProblem(login(attacker, "nobody-" + UUID.randomUUID(), "wrong"), 401, "INVALID_CREDENTIALS");
        }
        String email = Accounts.create();
        double before =
                metrics.counter("auth_tokens.logins.throttled", "by", "address").count();
        isProblem(login(attacker, email, Accounts.PASSWORD), 429, "TOO_MANY_REQUESTS");
        isProblem(login(attacker, email, Accounts.PASSWORD), 429, "TOO_MANY_REQUESTS");
        assertEquals(
                before + 2,
                metrics.counter("auth_tokens.logins.throttled", "by", "address").count());
        assertEquals(
                1,
                Postgres.query(
                                ServiceDatabase.url(),
                                "select 1 from audit_events where kind = 'LOGIN_THROTTLED' and address = ?",
                                attacker)
                        .size());
        login(HOME, email, Accounts.PASSWORD).then().statusCode(200);
    }

    @Test
    void aReplicaWhoseClockWasWrongClosesNoAccount() {
        String email = Accounts.create();
        clock.jump(Duration.ofHours(3));
        login(HOME, email, Accounts.PASSWORD).then().statusCode(200);
        login(attacker, email, "wrong").then().statusCode(401);
        clock.reset();
        login(HOME, email, Accounts.PASSWORD).then().statusCode(200);
        login(attacker, email, Accounts.PASSWORD).then().statusCode(200);
        clock.jump(Duration.ofHours(-3));
        login(HOME, email, Accounts.PASSWORD).then().statusCode(200);
        login(attacker, email, Accounts.PASSWORD).then().statusCode(200);
    }

    @Test
    void withoutAnAddressThereIsNoNetwork() {
        assertEquals("", LoginThrottle.network(null));
        assertEquals("", LoginThrottle.network("/run/service.socket"));
        assertEquals("192.0.2.1", LoginThrottle.network("192.0.2.1"));
    }

    @Test
    void remembersABoundedNumberOfRecordedRejections() {
        LoginThrottle throttle = new LoginThrottle(null, null, null, new SimpleMeterRegistry());
        IntStream.range(0, 20_000).forEach(i -> throttle.recentlyRecorded.put("account " + i, true));
        throttle.recentlyRecorded.cleanUp();
        assertEquals(10_000, throttle.recentlyRecorded.estimatedSize());
    }

    /** From a place where nobody logged in before, all at once; a slow machine refuses some for its load, not by the throttle. */
    @ParameterizedTest
    @CsvSource({"false", "true"})
    void goodLoginsSideBySideAllGetIn(boolean knownSource) {
        Counter throttled = metrics.counter("auth_tokens.logins.throttled", "by", "account");
        double before;
        Duration firstIsIn;
        int attempts = 0;
        do {
            attempts++;
            before = throttled.count();
            firstIsIn = logInSideBySide(Accounts.create(), knownSource);
            // Those that wait for the first delay, a second, get in only if one has succeeded by then.
        } while (throttled.count() > before && firstIsIn.compareTo(Duration.ofSeconds(1)) >= 0 && attempts < 20);
        assertEquals(before, throttled.count());
    }

    /** Returns how long it took until the first of them was in. */
    private Duration logInSideBySide(String email, boolean knownSource) {
        if (knownSource) {
            login(HOME, email, Accounts.PASSWORD).then().statusCode(200);
        }
        LongAccumulator first = new LongAccumulator(Math::min, Long.MAX_VALUE);
        long begun = System.nanoTime();
        List<Response> logins = AtOnce.times(10, () -> {
            Response login = login(HOME, email, Accounts.PASSWORD);
            if (login.statusCode() == 200) {
                first.accumulate(System.nanoTime() - begun);
            }
            return login;
        });
        logins.forEach(login -> login.then().statusCode(oneOf(200, 429)));
        login(HOME, email, Accounts.PASSWORD).then().statusCode(200);
        return Duration.ofNanos(first.get());
    }

    @Test
    void rejectionsAreRecordedOnceAndCounted() {
        String email = Accounts.create();
        shutOut(email);
        Counter throttled = metrics.counter("auth_tokens.logins.throttled", "by", "account");
        double before = throttled.count();
        for (int i = 0; i < 10; i++) {
            login(attacker, email, "wrong").then().statusCode(429);
        }
        assertEquals(before + 10, throttled.count());
        List<Object> trail = Postgres.query(
                ServiceDatabase.url(),
                "select kind || ' ' || outcome || coalesce(' ' || detail, '') || ' ' || address from audit_events"
                        + " where account = ? order by id",
                email);
        assertEquals(FREE + 3, trail.size(), trail.toString());
        assertEquals("LOGIN INVALID_CREDENTIALS " + attacker, trail.get(FREE - 1));
        assertEquals("LOGIN INVALID_CREDENTIALS failures: 6, next after: 1 s " + attacker, trail.get(FREE));
        assertEquals("LOGIN INVALID_CREDENTIALS failures: 7, next after: 2 s " + attacker, trail.get(FREE + 1));
        assertNotEquals(trail.get(FREE + 1), trail.get(FREE + 2));
        assertTrue(
                trail.get(FREE + 2).toString().startsWith("LOGIN_THROTTLED TOO_MANY_REQUESTS by account, next after: "),
                trail.toString());
    }

    private void shutOut(String email) {
        for (int i = 0; i <= FREE; i++) {
            login(attacker, email, "wrong").then().statusCode(401);
        }
        clock.moveOn(Duration.ofSeconds(1));
        login(attacker, email, "wrong").then().statusCode(401);
    }

    private static Response login(String address, String email, String password) {
        return given().header("X-Forwarded-For", address)
                .contentType(ContentType.JSON)
                .body(Map.of("email", email, "password_base64", base64(password)))
                .post(TOKENS);
    }
}
