package dev.authtokens.session;

import static dev.authtokens.harness.Api.USER;
import static dev.authtokens.harness.Api.isProblem;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class EverybodysSessionsTest {

    private static final String EVERYONE = "/v4/auth-tokens/everyone/";

    @Test
    void revokesAllTokensIncludingTheCallersAndLetsEverybodyLogInAgain() {
        String user = Accounts.create();
        String token = Api.token(user, Accounts.PASSWORD);
        String admin = Api.token(Accounts.create(Role.ADMIN, null), Accounts.PASSWORD);
        Api.as(admin).delete(EVERYONE).then().statusCode(200).body("message", startsWith("All tokens issued up to "));
        isProblem(Api.as(token).get(USER), 401, "PERMISSION_DENIED");
        isProblem(Api.as(admin).get(USER), 401, "PERMISSION_DENIED");
        Api.as(Api.token(user, Accounts.PASSWORD)).get(USER).then().statusCode(200);
        assertEquals(
                List.of(1L),
                Postgres.query(
                        ServiceDatabase.url(),
                        "select count(*) from audit_events where kind = 'TOKEN_REVOKED' and account is null"
                                + " and detail like 'all accounts, issued up to: %'"
                                + " and actor = (select email from users where role = 'ADMIN' order by id desc limit 1)"));
    }

    @Test
    void revokesOnlyTokensIssuedUpToTheGivenTime() {
        String old = Accounts.create();
        String oldToken = Api.token(old, Accounts.PASSWORD);
        Accounts.ageTokens(old, "2 days");
        String recent = Api.token(Accounts.create(), Accounts.PASSWORD);
        String admin = Api.token(Accounts.create(Role.ADMIN, null), Accounts.PASSWORD);
        Postgres.execute(ServiceDatabase.url(), "update token_validity set valid_from = 'epoch'");
        Api.as(oldToken).get(USER).then().statusCode(200);
        Api.as(admin)
                .queryParam(
                        "issued_before",
                        java.time.OffsetDateTime.now().minusDays(1).toString())
                .delete(EVERYONE)
                .then()
                .statusCode(200);
        isProblem(Api.as(oldToken).get(USER), 401, "PERMISSION_DENIED");
        Api.as(recent).get(USER).then().statusCode(200);
        Api.as(admin).get(USER).then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "issued_before=yesterday",
                "issued_before=2026-01-15",
                "issued_before=%2B10000-01-01T00:00:00Z",
                "issued_before=",
                "issued_before",
                "issuedBefore=2026-01-15T00:00:00Z",
                "issued_before=2026-01-15T00:00:00Z&issued_before=2026-01-16T00:00:00Z"
            })
    void refusesWhatIsNotATime(String query) {
        String admin = Api.token(Accounts.create(Role.ADMIN, null), Accounts.PASSWORD);
        isProblem(Api.as(admin).urlEncodingEnabled(false).delete(EVERYONE + "?" + query), 400, "INVALID_INPUT");
        Api.as(admin).get(USER).then().statusCode(200);
    }
}
