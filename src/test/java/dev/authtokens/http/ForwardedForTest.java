package dev.authtokens.http;

import static dev.authtokens.harness.Api.TOKENS;
import static dev.authtokens.harness.Api.base64;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.BehindProxies;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The client of this test connects from a trusted proxy, and Quarkus's own reading of the header is on as well. */
@QuarkusTest
@TestProfile(BehindProxies.class)
@WithTestResource(ServiceDatabase.class)
class ForwardedForTest {

    private static final String SPOOFED = "198.51.100.9";

    /** Tells what Quarkus takes for the address of the client. */
    static class AddressByQuarkus {

        void register(@Observes Router router) {
            router.get("/address-by-quarkus")
                    .handler(context -> context.response()
                            .end(context.request().remoteAddress().hostAddress()));
        }
    }

    @Test
    void sessionsAndAuditTrailTellTheRightmostHopThatIsNoProxy() {
        assertEquals("192.0.2.1", addressOfLogin(SPOOFED + ", 192.0.2.1, 10.1.2.3"));
        assertEquals("2001:db8::1", addressOfLogin("2001:db8:0:0::1"));
    }

    /** Without the rule of ours it would be what the client wrote: quarkusio/quarkus#45005. */
    @Test
    void quarkusWouldTakeTheLeftmostHop() {
        given().header("X-Forwarded-For", SPOOFED + ", 192.0.2.1, 10.1.2.3")
                .get("/address-by-quarkus")
                .then()
                .statusCode(200)
                .body(equalTo(SPOOFED));
    }

    private static String addressOfLogin(String forwardedFor) {
        String email = Accounts.create();
        String token = given().header("X-Forwarded-For", forwardedFor)
                .header("Forwarded", "for=" + SPOOFED)
                .header("X-Real-IP", SPOOFED)
                .contentType(ContentType.JSON)
                .body(Map.of("email", email, "password_base64", base64(Accounts.PASSWORD)))
                .post(TOKENS)
                .then()
                .statusCode(200)
                .extract()
                .path("auth_token");
        String address = Api.as(token).get(TOKENS).path("[0].address");
        assertEquals(
                List.of(address),
                Postgres.query(ServiceDatabase.url(), "select address from audit_events where account = ?", email));
        return address;
    }
}
