package dev.authtokens.session;

import static dev.authtokens.harness.Api.TOKENS;
import static dev.authtokens.harness.Api.USER;
import static dev.authtokens.harness.Api.base64;
import static dev.authtokens.harness.Api.isProblem;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class SessionsTest {

    private static final String ALL = TOKENS + "all/";

    private String email;
    private String token;

    @BeforeEach
    void logIn() {
        email = Accounts.create();
        token = Api.token(email, Accounts.PASSWORD);
    }

    @Test
    void showsWhereTheAccountIsLoggedIn() {
        String other = given().header("User-Agent", "gsctl/1.1.3 -p hunter2")
                .header("X-Giant-Swarm-Activity", "log-in")
                .contentType(ContentType.JSON)
                .body(Map.of("email", email, "password_base64", base64(Accounts.PASSWORD)))
                .post(TOKENS)
                .path("auth_token");
        ValidatableResponse sessions = list(token);
        sessions.body("$", hasSize(2))
                .body("current", contains(false, true))
                .body("address", everyItem(equalTo("127.0.0.1")))
                .body("[0].user_agent", equalTo("gsctl/1.1.3 -p REDACTED"))
                .body("[0].activity", equalTo("log-in"))
                .body("[0].last_used", nullValue())
                // The lifespan of the service under test.
                .body("[0].expiry", startsWith("203"))
                .body("[1].activity", nullValue())
                .body("[1].last_used", not(nullValue()));
        String shown = sessions.extract().asString();
        assertFalse(shown.contains(token) || shown.contains(other), shown);
        list(other).body("current", contains(true, false));
    }

    @Test
    void showsTheExpiryOfTheAccountIfItIsEarlier() {
        Instant tomorrow = Instant.now().plus(Duration.ofDays(1)).truncatedTo(ChronoUnit.SECONDS);
        String expiring = Accounts.create(Role.USER, tomorrow);
        list(Api.token(expiring, Accounts.PASSWORD)).body("expiry", contains(tomorrow.toString()));
    }

    @Test
    void neitherShowsNorRevokesSessionsOfOthers() {
        String stranger = Accounts.token(Accounts.create());
        String id = currentId(stranger);
        list(token).body("id", not(contains(id)));
        isProblem(Api.as(token).delete(TOKENS + id + "/"), 404, "RESOURCE_NOT_FOUND");
        assertTrue(isValid(stranger));
    }

    @Test
    void anIdGivesNoAccess() {
        isProblem(Api.as(currentId(token)).get(USER), 401, "PERMISSION_DENIED");
    }

    @Test
    void endsOneSession() {
        String other = Api.token(email, Accounts.PASSWORD);
        String id = currentId(other);
        Api.as(token).delete(TOKENS + id + "/").then().statusCode(200).body("code", equalTo("RESOURCE_DELETED"));
        assertFalse(isValid(other));
        assertTrue(isValid(token));
        isProblem(Api.as(token).delete(TOKENS + id), 404, "RESOURCE_NOT_FOUND");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "ALL", "1-1-1-1-1", "00000000-0000-0000-0000-00000000000g", "%00"})
    void knowsNoSessionOfAnotherName(String id) {
        isProblem(Api.as(token).urlEncodingEnabled(false).delete(TOKENS + id + "/"), 404, "RESOURCE_NOT_FOUND");
    }

    @Test
    void endsAllSessionsButThisOne() {
        String other = Api.token(email, Accounts.PASSWORD);
        Api.as(token).queryParam("except", "current").delete(ALL).then().statusCode(200);
        assertFalse(isValid(other));
        assertTrue(isValid(token));
    }

    @Test
    void endsAllSessionsAndThisOneToo() {
        String other = Api.token(email, Accounts.PASSWORD);
        Api.as(token).delete(ALL).then().statusCode(200).body("message", equalTo("Sessions revoked: 2."));
        assertFalse(isValid(other));
        assertFalse(isValid(token));
    }

    /** Otherwise a mistake would revoke what was to be kept. */
    @ParameterizedTest
    @ValueSource(strings = {"except=mine", "except=", "except", "exept=current", "except=current&except=other"})
    void refusesToExceptSomethingElse(String query) {
        isProblem(Api.as(token).delete(ALL + "?" + query), 400, "INVALID_INPUT");
        String admin = Accounts.token(Accounts.create(Role.ADMIN, null));
        isProblem(Api.as(admin).delete("/v4/users/" + email + "/auth-tokens/all/?" + query), 400, "INVALID_INPUT");
        assertTrue(isValid(token));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1001", "-1", "x", "1e2", "99999999999"})
    void refusesALimitThatIsNone(String limit) {
        isProblem(Api.as(token).queryParam("limit", limit).get(TOKENS), 400, "INVALID_INPUT");
    }

    @Test
    void showsTheNewestUpToTheLimit() {
        String newest = Api.token(email, Accounts.PASSWORD);
        Api.as(newest).queryParam("limit", 1).get(TOKENS).then().statusCode(200).body("current", contains(true));
    }

    @Test
    void administratorsSeeAndEndSessionsOfOthers() {
        String admin = Accounts.token(Accounts.create(Role.ADMIN, null));
        String path = "/v4/users/" + email + "/auth-tokens/";
        String other = Api.token(email, Accounts.PASSWORD);
        Api.as(admin).get(path).then().statusCode(200).body("current", contains(false, false));
        Api.as(admin).delete(path + currentId(other) + "/").then().statusCode(200);
        assertFalse(isValid(other));
        assertTrue(isValid(token));
        // Nothing of that account is the session of this request.
        Api.as(admin)
                .queryParam("except", "current")
                .delete(path + "all/")
                .then()
                .statusCode(200);
        assertFalse(isValid(token));
        assertTrue(isValid(admin));
        Api.as(admin).get(path).then().statusCode(200).body("$", hasSize(0));
    }

    @Test
    void anOrdinaryUserHasNoUseOfTheAdministratorsPaths() {
        String path = "/v4/users/" + email + "/auth-tokens/";
        isProblem(Api.as(token).get(path), 403, "PERMISSION_DENIED");
        isProblem(Api.as(token).delete(path + "all/"), 403, "PERMISSION_DENIED");
        assertTrue(isValid(token));
    }

    private static ValidatableResponse list(String token) {
        return Api.as(token).get(TOKENS).then().statusCode(200);
    }

    private static String currentId(String token) {
        return list(token).extract().path("find { it.current }.id");
    }

    private static boolean isValid(String token) {
        return Api.as(token).get(USER).statusCode() == 200;
    }
}
