package dev.authtokens.login;

import static dev.authtokens.harness.Api.TOKENS;
import static dev.authtokens.harness.Api.base64;
import static dev.authtokens.harness.Api.isProblem;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.BehindProxies;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import dev.authtokens.harness.TestClock;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Guesses of the current password, by who holds a stolen token. The client of this test can come from anywhere. */
@QuarkusTest
@TestProfile(BehindProxies.class)
@WithTestResource(ServiceDatabase.class)
class PasswordGuessingTest {

    private static final String HOME = "192.0.2.1";
    private static final String NEW_PASSWORD = "another horse, another battery";
    private static final int FREE = 5;

    @Inject
    TestClock clock;

    /** Another one in each test. */
    private final String thief =
            "2001:db8:" + Integer.toHexString(UUID.randomUUID().hashCode() & 0xffff) + ":1::1";

    private String email;
    private String token;

    @BeforeEach
    void logIn() {
        // How long a delay lasts yet would depend on how slow the machine is.
        clock.stop();
        email = Accounts.create();
        token = login(HOME, Accounts.PASSWORD).then().statusCode(200).extract().path("auth_token");
    }

    @AfterEach
    void resetClock() {
        clock.reset();
    }

    @Test
    void areThrottledAsLoginsAre() {
        for (int i = 0; i <= FREE; i++) {
            isProblem(change(thief, "wrong"), 401, "INVALID_CREDENTIALS");
        }
        clock.moveOn(Duration.ofSeconds(1));
        isProblem(change(thief, "wrong"), 401, "INVALID_CREDENTIALS");
        isProblem(change(thief, Accounts.PASSWORD), 429, "TOO_MANY_REQUESTS").header("Retry-After", "2");
        clock.moveOn(Duration.ofSeconds(2));
        change(thief, Accounts.PASSWORD).then().statusCode(202);
        login(thief, NEW_PASSWORD).then().statusCode(200);
    }

    @Test
    void countTogetherWithLogins() {
        for (int i = 0; i < FREE; i++) {
            isProblem(i % 2 == 0 ? change(thief, "wrong") : login(thief, "wrong"), 401, "INVALID_CREDENTIALS");
        }
        login(thief, "wrong").then().statusCode(401);
        clock.moveOn(Duration.ofSeconds(1));
        change(thief, "wrong").then().statusCode(401);
        String unknownClient = "192.0.2.77";
        isProblem(login(unknownClient, Accounts.PASSWORD), 429, "TOO_MANY_REQUESTS");
        isProblem(change(unknownClient, Accounts.PASSWORD), 429, "TOO_MANY_REQUESTS");
    }

    /** Whether the new one is acceptable is looked at, which is work, when the current one proved right. */
    @Test
    void areRefusedBeforeTheNewPasswordIsLookedAt() {
        for (String weak : List.of("password", "short", "\0")) {
            Map<String, String> body =
                    Map.of("current_password_base64", base64("wrong"), "new_password_base64", base64(weak));
            isProblem(change(thief, token, body), 401, "INVALID_CREDENTIALS");
        }
    }

    /** Whoever is signed in can name any account. */
    @Test
    void ofAnotherAccountLeaveItsLoginsAlone() throws Exception {
        String other = Accounts.token(Accounts.create());
        Api.as(other).get(Api.USER).then().statusCode(200);
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Connection holder = Postgres.connect(ServiceDatabase.url());
                Statement lock = holder.createStatement()) {
            holder.setAutoCommit(false);
            lock.execute("lock table users in access exclusive mode");
            for (int i = 0; i < LoginExecutor.MAX_RUNNING_OF_ACCOUNT; i++) {
                threads.submit(() -> {
                    while (!over.get()) {
                        change(thief, other, Map.of("new_password_base64", base64(NEW_PASSWORD)));
                    }
                });
            }
            Postgres.awaitLockWaits(ServiceDatabase.url(), LoginExecutor.MAX_RUNNING_OF_ACCOUNT);
            Future<Integer> login =
                    threads.submit(() -> login(HOME, Accounts.PASSWORD).statusCode());
            Await.until(
                    "neither refused nor waiting",
                    () -> login.isDone()
                            || Postgres.lockWaits(ServiceDatabase.url()) > LoginExecutor.MAX_RUNNING_OF_ACCOUNT);
            holder.rollback();
            // 503: on a busy machine it may have waited for longer than a statement may.
            int status = login.get();
            assertTrue(status == 200 || status == 503, "Status " + status);
        } finally {
            over.set(true);
            threads.shutdown();
        }
    }

    @Test
    void doNotLockOutTheOwnersNetwork() {
        lockOut();
        change(HOME, "a slip of the finger").then().statusCode(401);
        change(HOME, Accounts.PASSWORD).then().statusCode(202).header("Retry-After", nullValue());
        login(HOME, NEW_PASSWORD).then().statusCode(200);
    }

    @Test
    void countFromZeroAfterAChange() {
        lockOut();
        change(HOME, Accounts.PASSWORD).then().statusCode(202);
        for (int i = 0; i < FREE; i++) {
            change(thief, "wrong").then().statusCode(401);
        }
        login(thief, NEW_PASSWORD).then().statusCode(200);
    }

    /** Whoever renames it, and on which way. */
    @Test
    void countFurtherAfterTheAccountWasRenamed() {
        change(thief, "wrong").then().statusCode(401);
        Postgres.execute(
                ServiceDatabase.url(),
                "update login_attempts set failures = 20, open_at = now() + interval '1 hour' where source = ''");
        String renamed = "renamed-" + email;
        Api.as(token)
                .contentType(ContentType.JSON)
                .body(Map.of("email", renamed))
                .patch("/v4/users/" + email + "/")
                .then()
                .statusCode(200);
        email = renamed;
        isProblem(change(thief, Accounts.PASSWORD), 429, "TOO_MANY_REQUESTS");
        email = "again-" + email;
        Postgres.execute(
                ServiceDatabase.url(),
                "update users set email = ?, email_canonical = ? where email = ?",
                email,
                email,
                renamed);
        isProblem(login(thief, Accounts.PASSWORD), 429, "TOO_MANY_REQUESTS");
        login(HOME, Accounts.PASSWORD).then().statusCode(200);
    }

    /** The right guess, too, although the service has verified this password before. */
    @Test
    void areThrottledWhereThePasswordOfAProgramIsKnown() {
        email = Accounts.create(Role.SERVICE, null);
        introspect(HOME, Accounts.PASSWORD).then().statusCode(200);
        for (int i = 0; i <= FREE; i++) {
            introspect(thief, "wrong").then().statusCode(401);
        }
        clock.moveOn(Duration.ofSeconds(1));
        introspect(thief, "wrong").then().statusCode(401);
        isProblem(introspect(thief, "wrong"), 429, "TOO_MANY_REQUESTS");
        isProblem(introspect(thief, Accounts.PASSWORD), 429, "TOO_MANY_REQUESTS");
        introspect(HOME, Accounts.PASSWORD).then().statusCode(200);
    }

    private Response introspect(String client, String password) {
        return given().header("X-Forwarded-For", client)
                .auth()
                .preemptive()
                .basic(email, password)
                .formParam("token", "unknown")
                .post("/oauth2/introspect");
    }

    @Test
    void doNotThrottleAnAdministrator() {
        lockOut();
        String admin = Accounts.token(Accounts.create(Role.ADMIN, null));
        change(thief, admin, Map.of("new_password_base64", base64(NEW_PASSWORD)))
                .then()
                .statusCode(202);
    }

    @Test
    void areAudited() {
        lockOut();
        change(thief, "wrong").then().statusCode(429).header("Retry-After", not(nullValue()));
        List<String> expected = new ArrayList<>(List.of("LOGIN SUCCESS"));
        for (int i = 0; i < FREE; i++) {
            expected.add("PASSWORD_CHANGED INVALID_CREDENTIALS current password");
        }
        expected.add("PASSWORD_CHANGED INVALID_CREDENTIALS current password, failures: 6, next after: 1 s");
        expected.add("PASSWORD_CHANGED INVALID_CREDENTIALS current password, failures: 7, next after: 2 s");
        expected.add("LOGIN_THROTTLED TOO_MANY_REQUESTS by account");
        assertEquals(
                expected,
                Postgres.query(
                        ServiceDatabase.url(),
                        "select concat_ws(' ', kind, outcome, regexp_replace(detail, '(by account).*', '\\1'))"
                                + " from audit_events where account = ? order by id",
                        email));
    }

    private void lockOut() {
        for (int i = 0; i <= FREE; i++) {
            change(thief, "wrong").then().statusCode(401);
        }
        clock.moveOn(Duration.ofSeconds(1));
        change(thief, "wrong").then().statusCode(401);
    }

    private Response change(String address, String current) {
        return change(
                address,
                token,
                Map.of("current_password_base64", base64(current), "new_password_base64", base64(NEW_PASSWORD)));
    }

    private Response change(String address, String bearer, Map<String, String> body) {
        return Api.as(bearer)
                .header("X-Forwarded-For", address)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/v4/users/" + email + "/password/");
    }

    private Response login(String address, String password) {
        return given().header("X-Forwarded-For", address)
                .contentType(ContentType.JSON)
                .body(Map.of("email", email, "password_base64", base64(password)))
                .post(TOKENS);
    }
}
