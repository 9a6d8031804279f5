package dev.authtokens.introspection;

import static dev.authtokens.harness.Api.isProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.RawConnection;
import dev.authtokens.harness.RawConnection.Answer;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a proxy asks at or below {@code verify} is answered with 200 or 401. */
@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class VerifyTest {

    private static final String VERIFY = "/v4/auth-tokens/verify";

    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS");

    private static final String COOKIES = "Cookie: session=" + "c".repeat(12 * 1024) + "\r\n";

    private static final String SPOOFED = "X-Auth-Request-User: 4711\r\nX-Auth-Request-Email: root@example.com\r\n"
            + "X-Auth-Request-Role: admin\r\nX_Auth_Request_User: 4711\r\nx_auth-request_role: admin\r\n";

    private static final String PREFLIGHT = "Origin: https://app.example.com\r\nAccess-Control-Request-Method: PUT\r\n"
            + "Access-Control-Request-Headers: authorization\r\n";

    private static final String UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    @TestHTTPResource("/")
    URI service;

    private String email;
    private String token;

    @BeforeEach
    void logIn() {
        email = Accounts.create();
        token = Accounts.token(email);
    }

    /** Some proxies copy all headers of the request that they hold back, where it was no leak to this service. */
    @Test
    void aTokenInTheHeadersOfTheOtherRequestStaysValid() {
        for (String header : List.of("Referer", "X-Giant-Swarm-Activity", "X-Giant-Swarm-CmdLine")) {
            for (int i = 0; i < 2; i++) {
                Api.as(token)
                        .header(header, "https://app.example.com/page?token=" + token)
                        .get(VERIFY + "/")
                        .then()
                        .statusCode(200);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET",
                "HEAD",
                "POST",
                "PUT",
                "PATCH",
                "DELETE",
                "OPTIONS",
                "TRACE",
                "PROPFIND",
                "QUERY",
                "M1X",
                "A"
            })
    void everyMethodIsAnsweredAlike(String method) throws Exception {
        isAnswered(method, VERIFY + "/", "", "");
        isAnswered(method, VERIFY, "", "");
        isAnswered(method, VERIFY + "/app/page?a=b", SPOOFED, "");
        isAnswered(method, VERIFY + "/", "Content-Type: application/json\r\nContent-Length: 7\r\n", "{\"a\":1}");
        isAnswered(method, VERIFY + "/", PREFLIGHT, "");
        isAnswered(method, VERIFY + "/", UPGRADE, "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/app",
                "/app/",
                "//app",
                "/..",
                "/../",
                "/../../../",
                "/../" + "00000000-0000-0000-0000-000000000000/",
                "/%2e%2e/all/",
                "/100%",
                "/%zz?q=100%&%",
                "/?q=a|b{c}\"d^e`f\\g<h>",
                "/app?role=editor&role=nobody",
                "?q=1",
                "/?q=1#fragment",
                "/\u00e9\u00ff",
                "/;role=admin",
                "/verify/verify"
            })
    void everyPathAndQueryBelowItIsAnsweredAlike(String rest) throws Exception {
        isAnswered("DELETE", VERIFY + rest, "", "");
        isAnswered("GET", VERIFY + rest, "", "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Accept: text/event-stream",
                "Accept: image/avif,image/webp",
                "Accept: ,;/q",
                "Accept-Encoding: br;q=1.0, identity;q=0",
                "Content-Type: multipart/form-data",
                "Content-Type: x",
                "Content-Type: application/x-www-form-urlencoded",
                "Expect: 100-continue",
                "Expect: something",
                "X-HTTP-Method-Override: DELETE",
                "Transfer-Encoding: chunked\r\nExpect: 100-continue",
                "Content-Length: 1000000000",
            })
    void headersDoNotChangeTheAnswer(String header) throws Exception {
        for (String method : new String[] {"GET", "POST"}) {
            for (String authorization : new String[] {"", authorization()}) {
                // A body that is announced does not come.
                try (RawConnection connection = RawConnection.to(service.getPort())) {
                    connection.send(head(method, VERIFY + "/page", header + "\r\n" + authorization));
                    isAnswer(connection.answer(false).orElseThrow(), !authorization.isEmpty(), false);
                }
            }
        }
    }

    @Test
    void theConnectionCanBeUsedAgainAfterABody() throws Exception {
        String body = "b".repeat(100_000);
        try (RawConnection connection = RawConnection.to(service.getPort())) {
            for (int i = 0; i < 3; i++) {
                connection.send(
                        head("POST", VERIFY, authorization() + "Content-Length: " + body.length() + "\r\n") + body);
                isAnswer(connection.answer(false).orElseThrow(), true, false);
                connection.send(head("PUT", VERIFY, authorization() + "Transfer-Encoding: chunked\r\n")
                        + "3\r\nabc\r\n0\r\n\r\n");
                isAnswer(connection.answer(false).orElseThrow(), true, false);
            }
        }
    }

    @Test
    void takesTheHeadersAndPathsOfBrowsers() throws Exception {
        isAnswered("GET", VERIFY + "/", "Cookie: a=" + "a".repeat(31 * 1024) + "\r\n", "");
        isAnswered("GET", VERIFY + "/" + "a".repeat(15 * 1024) + "?" + "b".repeat(512), "", "");
    }

    @Test
    void answersNothingElse() throws Exception {
        for (String rest : List.of("x", "x/", "xy")) {
            assertEquals(405, ask("GET", VERIFY + rest, authorization(), "").status());
            assertEquals(404, ask("DELETE", VERIFY + rest, authorization(), "").status());
        }
        assertEquals(404, ask("GET", VERIFY + "x/y", authorization(), "").status());
        // Still the preflight of this service.
        assertEquals(200, ask("OPTIONS", Api.TOKENS, "", "").status());
    }

    @ParameterizedTest
    @CsvSource({
        "?role=user, 200",
        "?role=admin, 403",
        "?role=admin&role=user, 200",
        "?role=service&role=admin, 403",
        "?role=USER, 403",
        "?role=nobody, 403",
        "?role, 403",
        "?role=, 403",
        "?role=%75ser, 403",
        "?role=%zz, 403",
        "?role=user&role=%, 200",
        "?other=admin, 200",
        "?, 200",
        "/page?role=admin, 200"
    })
    void anApplicationMayRequireARole(String rest, int status) throws Exception {
        for (String slash : rest.startsWith("/") ? List.of("") : List.of("", "/")) {
            for (String method : new String[] {"GET", "POST", "OPTIONS"}) {
                Answer answer = ask(method, VERIFY + slash + rest, authorization(), "");
                assertEquals(status, answer.status(), answer.toString());
                assertEquals(status == 200, answer.value("X-Auth-Request-User").isPresent());
            }
        }
        assertEquals(401, ask("GET", VERIFY + rest, "", "").status());
    }

    @Test
    void rolesThatAreRequiredCountForEveryAccount() {
        String admin = Accounts.token(Accounts.create(Role.ADMIN, null));
        Api.as(admin).get(VERIFY + "?role=admin").then().statusCode(200);
        isProblem(Api.as(admin).get(VERIFY + "?role=user"), 403, "PERMISSION_DENIED");
    }

    @ParameterizedTest
    @EnumSource
    void answersProxiesThatSendWhatTheyWereSent(ReplayedProxy proxy) throws Exception {
        for (String method : METHODS) {
            for (String original : List.of("", PREFLIGHT, UPGRADE)) {
                for (String authorization : List.of("", authorization())) {
                    String headers = COOKIES + SPOOFED + original + authorization + "Accept: text/event-stream\r\n"
                            + "Content-Type: application/json\r\nContent-Length: 7\r\nExpect: 100-continue\r\n";
                    for (String target : List.of("/page?role=editor&q=50%", "/?role=editor")) {
                        String asked = proxy.ask(VERIFY, method, target, List.of(headers.split("\r\n")));
                        boolean isOfHead = asked.startsWith("HEAD ");
                        try (RawConnection connection = RawConnection.to(service.getPort())) {
                            connection.send(asked);
                            isAnswer(connection.answer(isOfHead).orElseThrow(), !authorization.isEmpty(), isOfHead);
                        }
                    }
                }
            }
        }
    }

    private void isAnswered(String method, String target, String headers, String body) throws IOException {
        isAnswer(ask(method, target, headers, body), false, method.equals("HEAD"));
        isAnswer(ask(method, target, headers + authorization(), body), true, method.equals("HEAD"));
    }

    private void isAnswer(Answer answer, boolean isKnown, boolean isOfHead) {
        assertEquals(isKnown ? 200 : 401, answer.status(), answer.toString());
        assertEquals(isKnown ? List.of(email) : List.of(), answer.values("X-Auth-Request-Email"));
        assertEquals(isKnown ? List.of("user") : List.of(), answer.values("X-Auth-Request-Role"));
        assertEquals(isKnown ? 1 : 0, answer.values("X-Auth-Request-User").size());
        assertTrue(!answer.values("X-Auth-Request-User").contains("4711"), "the client's own header came back");
        assertEquals(isKnown ? 0 : 1, answer.values("WWW-Authenticate").size());
        assertEquals(
                "application/json", answer.value("Content-Type").orElseThrow().replaceFirst(";.*", ""));
        assertTrue(isOfHead || answer.text().startsWith(isKnown ? "{\"email\":" : "{\"code\":"), answer.toString());
    }

    private Answer ask(String method, String target, String headers, String body) throws IOException {
        try (RawConnection connection = RawConnection.to(service.getPort())) {
            connection.send(head(method, target, headers) + body);
            return connection.answer(method.equals("HEAD")).orElseThrow();
        }
    }

    private static String head(String method, String target, String headers) {
        return method + " " + target + " HTTP/1.1\r\nHost: app.example.com\r\n" + headers + "\r\n";
    }

    private String authorization() {
        return "Authorization: Bearer " + token + "\r\n";
    }
}
