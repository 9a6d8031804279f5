package dev.authtokens.login;

import static dev.authtokens.harness.Api.TOKENS;
import static dev.authtokens.harness.Api.USER;
import static dev.authtokens.harness.Api.base64;
import static dev.authtokens.harness.Api.isProblem;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.AtOnce;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class LoginTest {

    private static final Instant PAST = Instant.parse("2020-01-01T00:00:00Z");

    @Test
    void answersWithATokenThatLogsIn() {
        String email = Accounts.create();
        String token = Api.login(email, Accounts.PASSWORD)
                .then()
                .statusCode(200)
                .contentType(ContentType.JSON)
                .header("Cache-Control", "no-store")
                .body("$", aMapWithSize(1))
                .body("auth_token", matchesPattern("gsa_[A-Za-z0-9_-]{48}"))
                .extract()
                .path("auth_token");
        Api.as(token).get(USER).then().statusCode(200).body("email", equalTo(email));
    }

    @Test
    void tellsTheCurrentUserInTheFormOfTheContract() {
        String email = Accounts.create();
        Api.as(Api.token(email, Accounts.PASSWORD))
                .get(USER)
                .then()
                .statusCode(200)
                .header("Cache-Control", "no-store")
                .body("$", aMapWithSize(4))
                .body("email", equalTo(email))
                .body("created", matchesPattern("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z"))
                .body("expiry", equalTo("0001-01-01T00:00:00Z"));
    }

    @Test
    void logoutEndsTheTokenAndNoOther() {
        String email = Accounts.create();
        String ended = Api.token(email, Accounts.PASSWORD);
        String other = Api.token(email, Accounts.PASSWORD);
        assertNotEquals(ended, other);

        Api.as(ended)
                .delete(TOKENS)
                .then()
                .statusCode(200)
                .contentType(ContentType.JSON)
                .body("$", aMapWithSize(2))
                .body("code", equalTo("RESOURCE_DELETED"));

        isProblem(Api.as(ended).get(USER), 401, "PERMISSION_DENIED");
        isProblem(Api.as(ended).delete(TOKENS), 401, "PERMISSION_DENIED");
        Api.as(other).get(USER).then().statusCode(200);
    }

    @Test
    void acceptsEitherSchemeInAnyCase() {
        String token = Accounts.token(Accounts.create());
        for (String scheme : List.of("giantswarm", "Giantswarm", "GIANTSWARM", "Bearer", "bearer", "BEARER")) {
            given().header("Authorization", scheme + " " + token)
                    .get(USER)
                    .then()
                    .statusCode(200);
        }
    }

    @Test
    void acceptsTheAddressInAnyCaseAndForm() {
        String email = Accounts.create();
        Api.token(email.toUpperCase(Locale.ROOT), Accounts.PASSWORD);
        Api.token("  " + email + " ", Accounts.PASSWORD);
        Api.token(email.replace("example", "\uFF45xample"), Accounts.PASSWORD);
    }

    @Test
    void acceptsBase64WithoutPadding() {
        assertTrue(base64(Accounts.PASSWORD).endsWith("="), "the password of the test needs padding");
        post(Map.of(
                        "email",
                        Accounts.create(),
                        "password_base64",
                        base64(Accounts.PASSWORD).replace("=", "")))
                .then()
                .statusCode(200);
    }

    @Test
    void refusalsDoNotTellWhichAccountsExist() {
        String email = Accounts.create();
        String expired = Accounts.create(Role.USER, PAST);
        Map<String, Response> refusals = new TreeMap<>();
        refusals.put("unknown", Api.login("nobody@example.com", Accounts.PASSWORD));
        refusals.put("wrong", Api.login(email, "wrong"));
        refusals.put("empty", Api.login(email, ""));
        refusals.put("empty, unknown", Api.login("nobody@example.com", ""));
        refusals.put("no Base64", post(Map.of("email", email, "password_base64", "***")));
        refusals.put("line break in Base64", post(Map.of("email", email, "password_base64", "Y29y\ncmVj")));
        refusals.put("no address", Api.login("nobody", Accounts.PASSWORD));
        refusals.put("empty address", Api.login("", Accounts.PASSWORD));
        refusals.put("NUL in the address", Api.login("a\u0000" + email, Accounts.PASSWORD));
        refusals.put("very long address", Api.login("a".repeat(5000) + email, Accounts.PASSWORD));
        refusals.put("very long password", Api.login(email, "a".repeat(5000)));
        refusals.put("expired, wrong", Api.login(expired, "wrong"));

        Response example = refusals.get("wrong");
        refusals.forEach((name, refusal) -> {
            isProblem(refusal, 401, "INVALID_CREDENTIALS");
            assertEquals(example.asString(), refusal.asString(), name);
            assertEquals(headers(example), headers(refusal), name);
        });
    }

    @Test
    void tellsOfTheExpiryOnlyToThoseWhoKnowThePassword() {
        String expired = Accounts.create(Role.USER, PAST);
        isProblem(Api.login(expired, Accounts.PASSWORD), 401, "ACCOUNT_EXPIRED");
        String later = Accounts.create(Role.USER, Instant.parse("2099-01-01T00:00:00Z"));
        Api.as(Api.token(later, Accounts.PASSWORD)).get(USER).then().body("expiry", equalTo("2099-01-01T00:00:00Z"));
    }

    @Test
    void anAccountThatExpiresLosesItsTokens() {
        String email = Accounts.create();
        String token = Api.token(email, Accounts.PASSWORD);
        Accounts.expire(email);
        isProblem(Api.as(token).get(USER), 401, "PERMISSION_DENIED");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"email\":\"a@example.com\"}",
                "{\"password_base64\":\"YQ==\"}",
                "{\"email\":null,\"password_base64\":null}",
                "{\"email\":5,\"password_base64\":\"YQ==\"}",
                "{\"email\":true,\"password_base64\":\"YQ==\"}",
                "{\"email\":[\"a@example.com\"],\"password_base64\":\"YQ==\"}",
                "{\"email\":{},\"password_base64\":\"YQ==\"}",
                "{\"email\":\"a@example.com\",\"email\":\"b@example.com\",\"password_base64\":\"YQ==\"}",
                "{\"email\":\"a@example.com\",\"password_base64\":\"YQ==\"} {}",
                "{\"email\":\"a@example.com\",\"password_base64\":\"YQ==\"",
                "{\"email\"",
                "{email:1}",
                "[]",
                "null",
                "\"text\"",
                "5",
                " ",
                "\u0000"
            })
    void refusesBodiesThatAreNoLogin(String body) {
        isProblem(given().contentType(ContentType.JSON).body(body).post(TOKENS), 400, "INVALID_INPUT");
    }

    @Test
    void refusesAnEmptyBody() {
        isProblem(given().contentType(ContentType.JSON).post(TOKENS), 400, "INVALID_INPUT");
    }

    @Test
    void refusesInvalidUtf8() {
        byte[] body = "{\"email\":\"a?@example.com\",\"password_base64\":\"YQ==\"}".getBytes();
        body[11] = (byte) 0xff;
        isProblem(given().contentType("application/json").body(body).post(TOKENS), 400, "INVALID_INPUT");
    }

    @Test
    void toleratesFieldsThatOldClientsSend() {
        post(Map.of(
                        "email",
                        Accounts.create(),
                        "password_base64",
                        base64(Accounts.PASSWORD),
                        "remember_me",
                        Map.of("days", 5)))
                .then()
                .statusCode(200);
    }

    @Test
    void ignoresAStaleAuthorizationHeader() {
        String email = Accounts.create();
        for (String stale : List.of("giantswarm gsa_gone", "Basic eDp5", "nonsense")) {
            given().header("Authorization", stale)
                    .contentType(ContentType.JSON)
                    .body(Map.of("email", email, "password_base64", base64(Accounts.PASSWORD)))
                    .post(TOKENS)
                    .then()
                    .statusCode(200);
        }
    }

    @Test
    void keepsOnlyTheDigestOfATokenAndTheHashOfAPassword() throws Exception {
        String email = Accounts.create();
        String token = Api.token(email, Accounts.PASSWORD);
        byte[] random = Arrays.copyOf(Base64.getUrlDecoder().decode(token.substring(4)), 32);
        String row = Postgres.query(
                        ServiceDatabase.url(),
                        "select row_to_json(t)::text || row_to_json(u)::text from auth_tokens t"
                                + " join users u on u.id = t.user_id where u.email = ?",
                        email)
                .toString();
        HexFormat hex = HexFormat.of();
        assertTrue(
                row.contains(hex.formatHex(MessageDigest.getInstance("SHA-256").digest(random))), row);
        for (String secret : List.of(hex.formatHex(random), token.substring(4), Accounts.PASSWORD)) {
            assertFalse(row.contains(secret), row);
        }
    }

    @Test
    void oneOfManyLogoutsAtOnceSucceeds() {
        String token = Accounts.token(Accounts.create());
        List<Integer> statuses =
                AtOnce.times(8, () -> Api.as(token).delete(TOKENS).statusCode());
        assertEquals(
                List.of(200, 401, 401, 401, 401, 401, 401, 401),
                statuses.stream().sorted().toList());
    }

    private static Response post(Map<String, ?> body) {
        return given().contentType(ContentType.JSON).body(body).post(TOKENS);
    }

    /** All but those that differ in each answer. */
    static Set<String> headers(Response response) {
        return response.headers().asList().stream()
                .filter(header -> !Set.of("X-Request-ID", "date").contains(header.getName()))
                .map(Object::toString)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
