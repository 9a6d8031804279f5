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
        String administrator = Accounts.create(Role.ADMIN, null);
        String admin = Accounts.token(administrator);
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
                                + " and actor = ?",
                        administrator));
    }

    @Test
    void revokesOnlyTokensIssuedUpToTheGivenTime() {
        String old = Accounts.create();
        String oldToken = Accounts.token(old);
        Accounts.ageTokens(old, "2 days");
        String recent = Accounts.token(Accounts.create());
        String admin = Accounts.token(Accounts.create(Role.ADMIN, null));
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
        String admin = Accounts.token(Accounts.create(Role.ADMIN, null));
        isProblem(Api.as(admin).urlEncodingEnabled(false).delete(EVERYONE + "?" + query), 400, "INVALID_INPUT");
        Api.as(admin).get(USER).then().statusCode(200);
    }
}
