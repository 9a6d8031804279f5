package dev.authtokens.authentication;

import static dev.authtokens.harness.Api.TOKENS;
import static dev.authtokens.harness.Api.USER;
import static dev.authtokens.harness.Api.base64;
import static dev.authtokens.harness.Api.isProblem;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.RawConnection;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class LeakedTokenRevokerTest {

    @TestHTTPResource("/")
    URI service;

    private String email;
    private String token;

    @BeforeEach
    void logIn() {
        email = Accounts.create();
        token = Accounts.token(email);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Giant-Swarm-CmdLine", "X-Giant-Swarm-Activity", "Referer"})
    void aTokenInALoggedHeaderIsRevoked(String header) {
        given().header(header, "gsctl list --auth-token=" + token + " --verbose")
                .get("/")
                .then()
                .statusCode(200);
        isRevokedAndRecorded(header);
    }

    /** As {@code gsctl} does, which hides only passwords. */
    @Test
    void aClientMaySendTheCommandLineThatGaveItTheToken() {
        given().header("Authorization", "giantswarm " + token)
                .header("X-Giant-Swarm-CmdLine", "gsctl info --auth-token=" + token)
                .get(USER)
                .then()
                .statusCode(200);
        Api.as(token).get(USER).then().statusCode(200);
        given().header("Authorization", "giantswarm " + token)
                .header("Referer", "https://example.com/?token=" + token)
                .get("/")
                .then()
                .statusCode(200);
        isRevokedAndRecorded("Referer");
    }

    @Test
    void aTokenInTheAddressIsRevoked() {
        given().queryParam("access_token", token).get("/").then().statusCode(200);
        isRevokedAndRecorded("request line");
    }

    /** Browsers send some characters as they are that no URI has (RFC 3986). */
    @Test
    void aTokenInAnAddressThatIsNoUriIsRevoked() throws IOException {
        try (RawConnection connection = RawConnection.to(service.getPort())) {
            connection.send("GET /v4/user/?token=" + token + "|more HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertEquals(400, connection.answer(false).orElseThrow().status());
        }
        isRevokedAndRecorded("request line");
    }

    /** With a body that comes late: the request waits, and loses nothing. */
    @Test
    void theRequestGoesOn() {
        given().header("X-Giant-Swarm-CmdLine", token)
                .contentType(ContentType.JSON)
                .body(Map.of(
                        "email", email, "password_base64", base64(Accounts.PASSWORD), "filler", "x".repeat(10_000)))
                .post(TOKENS)
                .then()
                .statusCode(200);
        isRevokedAndRecorded("X-Giant-Swarm-CmdLine");
    }

    /** Gateways copy there what the client sent as it should. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-Authorization",
                "X-Original-Authorization",
                "X-Forwarded-Access-Token",
                "X-Auth-Request-Access-Token",
                "X-Amzn-Oidc-Accesstoken",
                "X-Amzn-Oidc-Data",
                "Sec-WebSocket-Protocol",
                "X-Forwarded-Uri",
                "X-Original-URL",
                "X-Original-URI",
                "X-Envoy-Original-Path",
                "X-Api-Key",
                "X-Any"
            })
    void aTokenInAHeaderOfAGatewayStaysValid(String header) {
        given().header(header, "bearer, " + token).get("/").then().statusCode(200);
        Api.as(token).get(USER).then().statusCode(200);
    }

    @Test
    void whereCredentialsBelongNothingIsRevoked() {
        given().header("Authorization", "Bearer " + token)
                .header("Cookie", "session=" + token)
                .get(USER)
                .then()
                .statusCode(200);
        Api.as(token).get(USER).then().statusCode(200);
    }

    @Test
    void whatOnlyLooksLikeATokenIsIgnored() {
        char last = token.charAt(20);
        String changed = token.substring(0, 20) + (last == 'A' ? 'B' : 'A') + token.substring(21);
        given().header("X-Giant-Swarm-CmdLine", changed).get("/").then().statusCode(200);
        Api.as(token).get(USER).then().statusCode(200);
    }

    private void isRevokedAndRecorded(String place) {
        isProblem(Api.as(token).get(USER), 401, "PERMISSION_DENIED");
        String admin = Accounts.token(Accounts.create(Role.ADMIN, null));
        Api.as(admin)
                .get("/v4/audit-events/?kind=TOKEN_LEAKED&account=" + email)
                .then()
                .statusCode(200)
                .body("outcome", contains("SUCCESS"))
                .body("detail", contains("place: " + place));
        String everything = Postgres.query(
                        ServiceDatabase.url(),
                        "select row_to_json(e)::text from audit_events e where account = ?",
                        email)
                .toString();
        assertFalse(everything.contains(token.substring(4, 30)), everything);
    }
}
