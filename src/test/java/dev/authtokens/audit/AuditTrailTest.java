package dev.authtokens.audit;

import static dev.authtokens.harness.Api.TOKENS;
import static dev.authtokens.harness.Api.base64;
import static dev.authtokens.harness.Api.isProblem;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class AuditTrailTest {

    private static final String EVENTS = "/v4/audit-events/";
    private static final String NEW_PASSWORD = "another horse, another battery";

    private String adminEmail;
    private String admin;

    @BeforeEach
    void makeAdministrator() {
        adminEmail = Accounts.create(Role.ADMIN, null);
        admin = Accounts.token(adminEmail);
    }

    @Test
    void tellsTheLifeOfAnAccount() {
        String email = "audited-" + UUID.randomUUID() + "@Example.com";
        String path = "/v4/users/" + email + "/";
        Api.as(admin)
                .contentType(ContentType.JSON)
                .body(Map.of("password", base64(Accounts.PASSWORD)))
                .put(path)
                .then()
                .statusCode(201);
        Api.login(email, "a wrong password").then().statusCode(401);
        String token = Api.token(email, Accounts.PASSWORD);
        String id = Api.as(token).get(TOKENS).path("[0].id");
        Api.as(token).delete(TOKENS).then().statusCode(200);
        String second = Api.token(email, Accounts.PASSWORD);
        post(second, path + "password/", "a wrong password").statusCode(401);
        post(second, path + "password/", Accounts.PASSWORD).statusCode(202);
        Api.as(admin).delete(path + "auth-tokens/all/").then().statusCode(200);
        patch(path, Map.of("expiry", "2020-01-01T00:00:00Z", "role", "service"));
        Api.login(email, NEW_PASSWORD).then().statusCode(401);
        Api.as(admin).delete(path).then().statusCode(200);

        ValidatableResponse trail = trailOf(email.toUpperCase());
        trail.body(
                        "findAll { it.outcome == 'SUCCESS' }.kind",
                        contains(
                                "USER_DELETED",
                                "USER_MODIFIED",
                                "TOKEN_REVOKED",
                                "PASSWORD_CHANGED",
                                "LOGIN",
                                "LOGOUT",
                                "LOGIN",
                                "USER_CREATED"))
                .body("account", everyItem(equalTo(email.toLowerCase())))
                .body(
                        "findAll { it.kind == 'LOGIN' }.outcome",
                        contains("ACCOUNT_EXPIRED", "SUCCESS", "SUCCESS", "INVALID_CREDENTIALS"))
                .body("findAll { it.kind == 'PASSWORD_CHANGED' }.outcome", contains("SUCCESS", "INVALID_CREDENTIALS"))
                .body("find { it.kind == 'USER_CREATED' }.actor", equalTo(adminEmail))
                .body(
                        "find { it.kind == 'USER_MODIFIED' }.detail",
                        equalTo("expiry: 2020-01-01T00:00:00Z, role: service"))
                .body("find { it.kind == 'TOKEN_REVOKED' }.detail", equalTo("sessions: 1"))
                .body("find { it.kind == 'LOGOUT' }.actor", equalTo(email))
                .body("find { it.kind == 'LOGOUT' }.token_id", equalTo(id))
                .body("find { it.kind == 'LOGIN' }.actor", nullValue());
        List<String> secrets = List.of(
                token,
                Accounts.PASSWORD,
                base64(Accounts.PASSWORD),
                "a wrong password",
                base64("a wrong password"),
                NEW_PASSWORD,
                base64(NEW_PASSWORD));
        String shown = trail.extract().asString();
        secrets.forEach(secret -> assertFalse(shown.contains(secret), shown));
    }

    @Test
    void tellsWhereItCameFrom() {
        String email = Accounts.create();
        given().header("X-Request-ID", "request-4711")
                .header("X-Giant-Swarm-Activity", "log-in")
                .header("X-Giant-Swarm-CmdLine", "gsctl login -psecret")
                .header("User-Agent", "gsctl/1.1.3")
                .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .contentType(ContentType.JSON)
                .body(Map.of("email", email, "password_base64", base64(Accounts.PASSWORD)))
                .post(TOKENS)
                .then()
                .statusCode(200);
        trailOf(email)
                .body("$", hasSize(1))
                .body("[0].request_id", equalTo("request-4711"))
                .body("[0].trace_id", equalTo("0af7651916cd43dd8448eb211c80319c"))
                .body("[0].activity", equalTo("log-in"))
                .body("[0].command_line", equalTo("gsctl login -p REDACTED"))
                .body("[0].user_agent", equalTo("gsctl/1.1.3"))
                .body("[0].address", equalTo("127.0.0.1"));
    }

    @Test
    void recordsFailedLoginsOfUnknownAccountsAlike() {
        String unknown = "unknown-" + UUID.randomUUID() + "@example.com";
        Api.login(unknown, Accounts.PASSWORD).then().statusCode(401);
        trailOf(unknown).body("outcome", contains("INVALID_CREDENTIALS"));
    }

    @Test
    void recordsNoChangeThatWasNotMade() {
        String email = Accounts.create();
        isProblem(
                Api.as(admin)
                        .contentType(ContentType.JSON)
                        .body(Map.of("email", adminEmail))
                        .patch("/v4/users/" + email + "/"),
                409,
                "RESOURCE_ALREADY_EXISTS");
        trailOf(email).body("$", hasSize(0));
    }

    @Test
    void showsPartsOfTheTrail() {
        String email = Accounts.create();
        // The service knows the time of the database to some milliseconds only.
        Instant before = Instant.now().minus(1, ChronoUnit.MINUTES);
        for (int i = 0; i < 3; i++) {
            Api.login(email, "a wrong password").then().statusCode(401);
        }
        Instant after = Instant.now().plus(1, ChronoUnit.MINUTES);
        List<Integer> ids = trailOf(email).extract().path("id");
        assertEquals(3, ids.size());
        List<Integer> paged = new ArrayList<>();
        String last = String.valueOf(Long.MAX_VALUE);
        for (int i = 0; i < 3; i++) {
            paged.add(Api.as(admin)
                    .queryParams(Map.of("account", email, "limit", 1, "before", last))
                    .get(EVENTS)
                    .path("[0].id"));
            last = String.valueOf(paged.get(i));
        }
        assertEquals(ids, paged);
        events(Map.of("account", email, "kind", "LOGOUT")).body("$", hasSize(0));
        events(Map.of("account", email, "kind", "LOGIN", "from", before.toString(), "until", after.toString()))
                .body("id", equalTo(ids));
        events(Map.of("account", email, "until", before.toString())).body("$", hasSize(0));
        events(Map.of("account", email, "from", after.toString())).body("$", hasSize(0));
        events(Map.of("kind", "LOGIN", "limit", "1")).body("id", everyItem(not(lessThan(ids.get(0)))));
    }

    @Test
    void findsEventsOfATimeWhoseIdsAreInAnotherOrder() {
        String account = "disorder-" + UUID.randomUUID() + "@example.com";
        Instant time = Instant.now();
        for (int minutes : new int[] {8, 0}) {
            Postgres.execute(
                    ServiceDatabase.url(),
                    "insert into audit_events (at, kind, outcome, account) values (?::timestamptz, 'LOGOUT', 'SUCCESS', ?)",
                    time.plus(minutes, ChronoUnit.MINUTES).toString(),
                    account);
        }
        String between = time.plus(4, ChronoUnit.MINUTES).toString();
        List<Integer> ids = trailOf(account).extract().path("id");
        events(Map.of("account", account, "until", between)).body("id", contains(ids.get(0)));
        events(Map.of("account", account, "from", between)).body("id", contains(ids.get(1)));
    }

    @ParameterizedTest
    @CsvSource({
        "kind, NONSENSE",
        "from, yesterday",
        "until, 2026-01-15",
        "until, +1000000000-12-31T23:59:59Z",
        "from, +294277-01-01T00:00:00Z",
        "account, a\0b@example.com",
        "before, x"
    })
    void refusesParametersThatItCannotRead(String name, String value) {
        isProblem(Api.as(admin).queryParam(name, value).get(EVENTS), 400, "INVALID_INPUT")
                .body("message", equalTo("The parameter " + name + " is not acceptable."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1001", "x"})
    void refusesALimitThatIsNone(String limit) {
        isProblem(Api.as(admin).queryParam("limit", limit).get(EVENTS), 400, "INVALID_INPUT")
                .body("message", equalTo("limit must be a number from 1 to 1,000."));
    }

    private ValidatableResponse trailOf(String email) {
        return events(Map.of("account", email));
    }

    private ValidatableResponse events(Map<String, String> filter) {
        return Api.as(admin).queryParams(filter).get(EVENTS).then().statusCode(200);
    }

    private void patch(String path, Map<String, String> change) {
        Api.as(admin)
                .contentType(ContentType.JSON)
                .body(change)
                .patch(path)
                .then()
                .statusCode(200);
    }

    private static ValidatableResponse post(String token, String path, String currentPassword) {
        return Api.as(token)
                .contentType(ContentType.JSON)
                .body(Map.of(
                        "current_password_base64",
                        base64(currentPassword),
                        "new_password_base64",
                        base64(NEW_PASSWORD)))
                .post(path)
                .then();
    }
}
