package dev.authtokens.user;

import static dev.authtokens.harness.Api.USER;
import static dev.authtokens.harness.Api.base64;
import static dev.authtokens.harness.Api.isProblem;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.AtOnce;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.RawConnection;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class UsersTest {

    private static final String NEW_PASSWORD = "another horse, another battery";

    @TestHTTPResource("/")
    URI service;

    private String admin;
    private String email;

    @BeforeEach
    void makeAdministrator() {
        admin = Accounts.token(Accounts.create(Role.ADMIN, null));
        email = "somebody+" + UUID.randomUUID() + "@example.com";
    }

    /** Bytes that are no UTF-8, and parameters of the path, would mean another account. */
    @ParameterizedTest
    @ValueSource(strings = {"m%%fcller-%s", "%s;oops", "%s;a=b"})
    void anAddressThatIsNotReadAsItIsWrittenChangesNothing(String form) throws IOException {
        String email = Accounts.create();
        String path = "/v4/users/" + form.formatted(email) + "/";
        for (String method : List.of("PUT", "DELETE", "GET", "PATCH")) {
            try (RawConnection connection = RawConnection.to(service.getPort())) {
                String body = "{}";
                if (method.equals("PUT")) {
                    body = "{\"password\":\"" + Api.base64(Accounts.PASSWORD) + "\"}";
                }
                connection.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: giantswarm "
                        + admin + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                        + body);
                int status = connection.answer(false).orElseThrow().status();
                assertTrue(status == 400 || (status == 404 && !method.equals("PUT")), method + " " + status);
            }
        }
        assertEquals(1, countLike(email));
    }

    private static long countLike(String email) {
        return (Long) Postgres.query(
                        ServiceDatabase.url(), "select count(*) from users where email like '%' || ? || '%'", email)
                .get(0);
    }

    @Test
    void createsAnAccountThatCanLogIn() {
        create(email, Map.of("password", base64(NEW_PASSWORD), "expiry", "2099-01-01T12:00:00.000+02:00"))
                .then()
                .statusCode(201)
                .contentType(ContentType.JSON)
                .body("$", aMapWithSize(2))
                .body("code", equalTo("RESOURCE_CREATED"));
        String token = Api.token(email, NEW_PASSWORD);
        Api.as(token).get(USER).then().statusCode(200).body("email", equalTo(email));
        Api.as(admin)
                .get(path(email))
                .then()
                .statusCode(200)
                .body("$", aMapWithSize(4))
                .body("email", equalTo(email))
                .body("expiry", equalTo("2099-01-01T10:00:00Z"));
    }

    @Test
    void anAddressIsOneAccountInAnyForm() {
        create(email, Map.of("password", base64(NEW_PASSWORD))).then().statusCode(201);
        isProblem(
                create(email.toUpperCase(Locale.ROOT), Map.of("password", base64(NEW_PASSWORD))),
                409,
                "RESOURCE_ALREADY_EXISTS");
        Api.as(admin)
                .urlEncodingEnabled(false)
                .get(path(email.toUpperCase(Locale.ROOT).replace("@", "%40")))
                .then()
                .statusCode(200)
                .body("email", equalTo(email));
    }

    @Test
    void ofManyCreationsAtOnceOneSucceeds() {
        List<Integer> statuses = AtOnce.times(
                6, () -> create(email, Map.of("password", base64(NEW_PASSWORD))).statusCode());
        assertEquals(
                List.of(201, 409, 409, 409, 409, 409),
                statuses.stream().sorted().toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "c2hvcnQ=                         | shorter than 12",
                "cGFzc3dvcmQxMjM0NTY=             | easy to guess",
                "cXdlcnR5dWlvcDEy                 | easy to guess",
                "YWFhYWFhYWFhYWFhYWFhYQ==         | easy to guess",
                "YXV0aC10b2tlbnMxMg==             | easy to guess",
                "***                              | not Base64",
                "//////////////////8=             | not UTF-8",
                "''                               | shorter than 12"
            })
    void tellsWhyAPasswordIsRefused(String password, String reason) {
        isProblem(create(email, Map.of("password", password)), 400, "INVALID_INPUT")
                .body("message", containsString(reason));
    }

    @Test
    void refusesAPasswordThatLeakedElsewhere() {
        isProblem(create(email, Map.of("password", base64(ServiceDatabase.LEAKED_PASSWORD))), 400, "INVALID_INPUT")
                .body("message", containsString("leaked"));
    }

    @Test
    void refusesAPasswordThatIsMadeOfTheAddress() {
        isProblem(
                create("rumpelstilzchen@example.com", Map.of("password", base64("rumpelstilzchen1"))),
                400,
                "INVALID_INPUT");
    }

    @Test
    void acceptsThePasswordOf1024BytesAndNoLongerOne() {
        String longest = "correct horse ".repeat(74).substring(0, 1024);
        create(email, Map.of("password", base64(longest))).then().statusCode(201);
        Api.token(email, longest);
        isProblem(create("x" + email, Map.of("password", base64(longest + "x"))), 400, "INVALID_INPUT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "soon",
                "2020-13-01T00:00:00Z",
                "2020-01-01",
                " ",
                "+99999-01-01T00:00:00Z",
                "0000-01-01T00:00:00Z"
            })
    void refusesAnExpiryThatIsNoTime(String expiry) {
        isProblem(create(email, Map.of("password", base64(NEW_PASSWORD), "expiry", expiry)), 400, "INVALID_INPUT");
    }

    @Test
    void refusesFieldsThatDoNotExist() {
        isProblem(create(email, Map.of("password", base64(NEW_PASSWORD), "rank", "admin")), 400, "UNKNOWN_ATTRIBUTE");
        isProblem(patch(admin, email, Map.of("name", "x")), 400, "UNKNOWN_ATTRIBUTE");
        isProblem(password(admin, email, Map.of("password", "x")), 400, "UNKNOWN_ATTRIBUTE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "a%20b@example.com", "a@b@example.com", "%00@example.com"})
    void refusesAddressesThatAreNone(String address) {
        isProblem(create(address, Map.of("password", base64(NEW_PASSWORD))), 400, "INVALID_INPUT");
        isProblem(Api.as(admin).get(path(address)), 404, "RESOURCE_NOT_FOUND");
        isProblem(Api.as(admin).delete(path(address)), 404, "RESOURCE_NOT_FOUND");
    }

    @Test
    void peopleSeeAndChangeThemselvesOnly() {
        String own = Accounts.create();
        String token = Accounts.token(own);
        Api.as(token).get(path(own)).then().statusCode(200).body("email", equalTo(own));
        Api.as(token).get(path(own.toUpperCase(Locale.ROOT))).then().statusCode(200);
        String other = Accounts.create();
        Response existing = Api.as(token).get(path(other));
        Response missing = Api.as(token).get(path("nobody@example.com"));
        isProblem(existing, 403, "PERMISSION_DENIED");
        isProblem(missing, 403, "PERMISSION_DENIED");
        assertEquals(existing.asString(), missing.asString());
        isProblem(patch(token, other, Map.of("email", email)), 403, "PERMISSION_DENIED");
        isProblem(
                password(token, other, Map.of("new_password_base64", base64(NEW_PASSWORD))), 403, "PERMISSION_DENIED");
        isProblem(patch(token, own, Map.of("expiry", "2099-01-01T00:00:00Z")), 400, "IMMUTABLE_ATTRIBUTE");
    }

    @Test
    void anAddressThatBecameSomebodyElsesIsNoLongerOnesOwn() {
        String own = Accounts.create();
        String token = Accounts.token(own);
        Api.as(token).get(USER).then().statusCode(200);
        // Without the trigger that tells of it: as by another replica, of which this one has not heard yet.
        Postgres.execute(
                ServiceDatabase.url(),
                "set session_replication_role = replica; update users set email = ?, email_canonical = ? where email = ?",
                email,
                email,
                own);
        Accounts.createAs(own);
        isProblem(Api.as(token).get(path(own)), 403, "PERMISSION_DENIED");
        isProblem(patch(token, own, Map.of("email", "x" + email)), 403, "PERMISSION_DENIED");
        isProblem(change(token, own, Accounts.PASSWORD, NEW_PASSWORD), 403, "PERMISSION_DENIED");
        Api.as(token).get(path(email)).then().statusCode(200).body("email", equalTo(email));
    }

    @Test
    void renamingKeepsTheSession() {
        String own = Accounts.create();
        String token = Accounts.token(own);
        patch(token, own, Map.of("email", email)).then().statusCode(200).body("email", equalTo(email));
        Api.as(token).get(USER).then().statusCode(200).body("email", equalTo(email));
        Api.token(email, Accounts.PASSWORD);
        isProblem(Api.login(own, Accounts.PASSWORD), 401, "INVALID_CREDENTIALS");
        isProblem(patch(token, email, Map.of("email", Accounts.create())), 409, "RESOURCE_ALREADY_EXISTS");
        isProblem(patch(token, email, Map.of("email", "nobody")), 400, "INVALID_INPUT");
    }

    @Test
    void anExpiryBitesAtTheNextCheckAndCanBeTakenBack() {
        String own = Accounts.create();
        String token = Accounts.token(own);
        patch(admin, own, Map.of("expiry", "2020-01-01T00:00:00Z")).then().statusCode(200);
        isProblem(Api.as(token).get(USER), 401, "PERMISSION_DENIED");
        isProblem(Api.login(own, Accounts.PASSWORD), 401, "ACCOUNT_EXPIRED");
        patch(admin, own, Map.of("expiry", "0001-01-01T00:00:00Z"))
                .then()
                .statusCode(200)
                .body("expiry", equalTo("0001-01-01T00:00:00Z"));
        Api.as(token).get(USER).then().statusCode(200);
    }

    /** So the JavaScript client says it. */
    @Test
    void anEmptyExpiryIsNever() {
        create(email, Map.of("password", base64(NEW_PASSWORD), "expiry", ""))
                .then()
                .statusCode(201);
        Api.as(admin).get(path(email)).then().body("expiry", equalTo("0001-01-01T00:00:00Z"));
        patch(admin, email, Map.of("expiry", "2099-01-01T00:00:00Z")).then().statusCode(200);
        patch(admin, email, Map.of("expiry", ""))
                .then()
                .statusCode(200)
                .body("expiry", equalTo("0001-01-01T00:00:00Z"));
    }

    @Test
    void anExpiryIsShownAsItIsKept() {
        String own = Accounts.create();
        String shown = patch(admin, own, Map.of("expiry", "2099-01-01T00:00:00.123456789Z"))
                .then()
                .statusCode(200)
                .body("expiry", equalTo("2099-01-01T00:00:00.123456Z"))
                .extract()
                .path("expiry");
        Api.as(admin).get(path(own)).then().body("expiry", equalTo(shown));
    }

    @Test
    void deletionEndsTheSessions() {
        String own = Accounts.create();
        String token = Accounts.token(own);
        Api.as(admin).delete(path(own)).then().statusCode(200).body("code", equalTo("RESOURCE_DELETED"));
        isProblem(Api.as(token).get(USER), 401, "PERMISSION_DENIED");
        isProblem(Api.login(own, Accounts.PASSWORD), 401, "INVALID_CREDENTIALS");
        isProblem(Api.as(admin).delete(path(own)), 404, "RESOURCE_NOT_FOUND");
    }

    @Test
    void administratorsGiveAndTakeRoles() {
        create(email, Map.of("password", base64(NEW_PASSWORD), "role", "admin"))
                .then()
                .statusCode(201);
        String token = Api.token(email, NEW_PASSWORD);
        Api.as(token).get("/v4/users/").then().statusCode(200);
        patch(admin, email, Map.of("role", "user")).then().statusCode(200).body("role", equalTo("user"));
        isProblem(Api.as(token).get("/v4/users/"), 403, "PERMISSION_DENIED");
        patch(admin, email, Map.of("role", "service")).then().statusCode(200);
        isProblem(Api.as(token).get(USER), 403, "PERMISSION_DENIED");
        isProblem(patch(admin, email, Map.of("role", "ADMIN")), 400, "INVALID_INPUT");
        isProblem(create(email, Map.of("password", base64(NEW_PASSWORD), "role", "root")), 400, "INVALID_INPUT");
    }

    @Test
    void nobodyGivesThemselvesARole() {
        String own = Accounts.create();
        isProblem(patch(Accounts.token(own), own, Map.of("role", "admin")), 400, "IMMUTABLE_ATTRIBUTE");
    }

    @Test
    void changingOnesPasswordNeedsTheCurrentOneAndEndsTheOtherSessions() {
        String own = Accounts.create();
        String token = Accounts.token(own);
        String other = Accounts.token(own);
        isProblem(password(token, own, Map.of("new_password_base64", base64(NEW_PASSWORD))), 400, "INVALID_INPUT");
        isProblem(change(token, own, "wrong", NEW_PASSWORD), 401, "INVALID_CREDENTIALS");
        isProblem(change(token, own, Accounts.PASSWORD, "short"), 400, "INVALID_INPUT");
        Api.as(other).get(USER).then().statusCode(200);

        change(token, own, Accounts.PASSWORD, NEW_PASSWORD)
                .then()
                .statusCode(202)
                .body("code", equalTo("RESOURCE_UPDATED"));
        Api.as(token).get(USER).then().statusCode(200);
        isProblem(Api.as(other).get(USER), 401, "PERMISSION_DENIED");
        isProblem(Api.login(own, Accounts.PASSWORD), 401, "INVALID_CREDENTIALS");
        Api.token(own, NEW_PASSWORD);
    }

    @Test
    void administratorsSetThePasswordsOfOthersAndEndAllTheirSessions() {
        String own = Accounts.create();
        String token = Accounts.token(own);
        password(admin, own, Map.of("new_password_base64", base64(NEW_PASSWORD)))
                .then()
                .statusCode(202);
        isProblem(Api.as(token).get(USER), 401, "PERMISSION_DENIED");
        Api.token(own, NEW_PASSWORD);
        isProblem(
                password(admin, "nobody@example.com", Map.of("new_password_base64", base64(NEW_PASSWORD))),
                404,
                "RESOURCE_NOT_FOUND");
    }

    @Test
    void administratorsSetAPasswordWhoseHashIsRenewedMeanwhile() {
        String own = Accounts.create();
        CompletableFuture<Response> answer = CompletableFuture.supplyAsync(
                () -> password(admin, own, Map.of("new_password_base64", base64(NEW_PASSWORD))));
        for (int i = 0; !answer.isDone(); i++) {
            Accounts.setHash(own, "renewed " + i);
        }
        answer.join().then().statusCode(202);
    }

    @Test
    void listsInOrderInPagesAndByPrefix() {
        String prefix = "list-" + UUID.randomUUID();
        for (String name : List.of("c", "a", "b", "a_d")) {
            Accounts.createAs(prefix + name + "@example.com");
        }
        assertEquals(names(prefix, "a", "a_d", "b", "c"), list("prefix", prefix));
        assertEquals(names(prefix, "a_d"), list("prefix", prefix.toUpperCase(Locale.ROOT) + "a_"));
        assertEquals(names(prefix, "a", "a_d"), list("prefix", prefix, "limit", "2"));
        assertEquals(
                names(prefix, "b", "c"), list("prefix", prefix, "limit", "2", "after", prefix + "a_d@example.com"));
        assertTrue(list().containsAll(names(prefix, "a", "b", "c")));
        assertEquals(list().stream().sorted().toList(), list());
        for (String limit : List.of("0", "-1", "abc", "1.5", "99999999999")) {
            isProblem(Api.as(admin).queryParam("limit", limit).get("/v4/users/"), 400, "INVALID_INPUT");
        }
        isProblem(Api.as(admin).queryParam("after", "a@example.com\0").get("/v4/users/"), 400, "INVALID_INPUT");
        isProblem(Api.as(admin).queryParam("prefix", "\0").get("/v4/users/"), 400, "INVALID_INPUT");
    }

    @Test
    void listsMoreThanOneReadsAtOnce() {
        String prefix = "many-" + UUID.randomUUID();
        insertMany(prefix, 2500);
        assertEquals(2500, list("prefix", prefix).size());
        assertEquals(1500, list("prefix", prefix, "limit", "1500").size());
    }

    @Test
    void aListThatCannotBeReadToItsEndIsNotTakenForWhole() throws Exception {
        String prefix = "torn-" + UUID.randomUUID();
        insertMany(prefix, 1500);
        Postgres.execute(ServiceDatabase.url(), "alter table users drop constraint users_role_check");
        Postgres.execute(
                ServiceDatabase.url(),
                "update users set role = 'UNKNOWN' where email_canonical = ?",
                prefix + "01200@example.com");
        try (RawConnection connection = RawConnection.to(service.getPort())) {
            connection.send("GET /v4/users/?prefix=" + prefix + " HTTP/1.1\r\nHost: localhost\r\n"
                    + "Authorization: giantswarm " + admin + "\r\n\r\n");
            try {
                String list = connection.answer(false).orElseThrow().text();
                assertThrows(DecodeException.class, () -> new JsonArray(list));
            } catch (IOException torn) {
                assertTrue(torn.getMessage().startsWith("The answer ends"), torn::toString);
            }
        } finally {
            Postgres.execute(ServiceDatabase.url(), "delete from users where role = 'UNKNOWN'");
            Postgres.execute(
                    ServiceDatabase.url(),
                    "alter table users add constraint users_role_check check (role in ('USER', 'ADMIN', 'SERVICE'))");
        }
    }

    private static void insertMany(String prefix, int count) {
        Postgres.execute(
                ServiceDatabase.url(),
                "insert into users (email, email_canonical, password_hash, role, created_at)"
                        + " select ? || lpad(n::text, 5, '0') || '@example.com', ? || lpad(n::text, 5, '0') || '@example.com',"
                        + " 'x', 'USER', now() from generate_series(1, ?) n",
                prefix,
                prefix,
                count);
    }

    private List<String> list(String... parameters) {
        var request = Api.as(admin);
        for (int i = 0; i < parameters.length; i += 2) {
            request.queryParam(parameters[i], parameters[i + 1]);
        }
        return request.get("/v4/users/")
                .then()
                .statusCode(200)
                .contentType(ContentType.JSON)
                .extract()
                .jsonPath()
                .getList("email");
    }

    private static List<String> names(String prefix, String... names) {
        return List.of(names).stream()
                .map(name -> prefix + name + "@example.com")
                .toList();
    }

    private static String path(String email) {
        return "/v4/users/" + email + "/";
    }

    private Response create(String address, Map<String, String> body) {
        return Api.as(admin)
                .urlEncodingEnabled(false)
                .contentType(ContentType.JSON)
                .body(body)
                .put(path(address));
    }

    private static Response patch(String token, String address, Map<String, String> body) {
        return Api.as(token).contentType(ContentType.JSON).body(body).patch(path(address));
    }

    private static Response password(String token, String address, Map<String, String> body) {
        return Api.as(token).contentType(ContentType.JSON).body(body).post(path(address) + "password/");
    }

    private static Response change(String token, String address, String current, String changed) {
        return password(
                token,
                address,
                Map.of("current_password_base64", base64(current), "new_password_base64", base64(changed)));
    }
}
