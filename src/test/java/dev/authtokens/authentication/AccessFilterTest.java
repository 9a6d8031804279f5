package dev.authtokens.authentication;

import static dev.authtokens.harness.Api.isProblem;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.LogRecords;
import dev.authtokens.harness.ServiceDatabase;
import dev.authtokens.problem.ProblemResponses;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class AccessFilterTest {

    private static final String BROKEN = "{\"broken\"";

    @Test
    void refusesAnEndpointThatDeclaresNothingEvenToAdministrators() {
        String admin = Accounts.token(Accounts.create(Role.ADMIN, null));
        try (LogRecords log = new LogRecords()) {
            isProblem(given().get("/probe/undeclared"), 403, "PERMISSION_DENIED");
            isProblem(Api.as(admin).get("/probe/undeclared"), 403, "PERMISSION_DENIED");
            assertEquals(2, log.of(AccessFilter.class).size());
            assertTrue(log.of(AccessFilter.class).get(0).text().contains("ProbeResource.undeclared"));
        }
    }

    @Test
    void decidesBeforeTheBodyIsReadAndAfterTheEndpointIsKnown() {
        String user = Accounts.token(Accounts.create());
        isProblem(json(BROKEN).post("/probe/signed-in"), 401, "PERMISSION_DENIED");
        isProblem(as(user, BROKEN).post("/probe/signed-in"), 400, "INVALID_INPUT");
        isProblem(as(user, BROKEN).post("/probe/admin"), 403, "PERMISSION_DENIED");
        isProblem(given().get("/probe/nope"), 404, "RESOURCE_NOT_FOUND");
    }

    @Test
    void handsTheCallerToTheEndpointOnAThreadThatMayWait() {
        String email = Accounts.create(Role.ADMIN, null);
        as(Accounts.token(email), "{}")
                .post("/probe/admin")
                .then()
                .statusCode(200)
                .body("caller", equalTo(email))
                .body("thread", not(containsString("eventloop")));
    }

    /** The transaction manager ends it. */
    @Test
    void aTransactionThatTakesTooLongIsAnsweredWith503() {
        isProblem(given().get("/probe/endless-transaction"), 503, "NOT_YET_AVAILABLE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/probe/fails", "/probe/unwritable"})
    void anUnforeseenFailureIs500AndLoggedOnceWithItsRequest(String path) {
        try (LogRecords log = new LogRecords()) {
            isProblem(given().header("X-Request-ID", "failing-1").get(path), 500, "INTERNAL_ERROR")
                    .body(not(containsString("a secret of the implementation")));
            List<LogRecords.Line> errors =
                    log.all().stream().filter(LogRecords.Line::isError).toList();
            assertEquals(1, errors.size());
            assertEquals(ProblemResponses.class.getName(), errors.get(0).logger());
            assertEquals("failing-1", errors.get(0).context().get("requestId"));
        }
    }

    @Test
    void answersAlsoWhenItFailsItselfAfterTheTokenWasRead() {
        String token = Accounts.token(Accounts.create());
        assertTimeoutPreemptively(
                Await.PATIENCE,
                () -> isProblem(Api.as(token).header("X-Break-Filter", "yes").get(Api.USER), 500, "INTERNAL_ERROR"));
    }

    private static RequestSpecification json(String body) {
        return given().contentType(ContentType.JSON).body(body);
    }

    private static RequestSpecification as(String token, String body) {
        return Api.as(token).contentType(ContentType.JSON).body(body);
    }
}
