package dev.authtokens.introspection;

import static dev.authtokens.harness.Api.USER;
import static dev.authtokens.harness.Api.isProblem;
import static dev.authtokens.harness.Api.isProblemThatAsksForBasic;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class IntrospectionTest {

    private static final String INACTIVE = "{\"active\":false}";

    private String program;

    @BeforeEach
    void makeProgram() {
        program = Accounts.token(Accounts.create(Role.SERVICE, null));
    }

    @Test
    void tellsWhoseTokenItIsAndUntilWhen() {
        Instant expiry = Instant.parse("2030-01-01T00:00:00Z");
        String email = Accounts.create(Role.ADMIN, expiry);
        String token = Accounts.token(email);
        String id = Api.as(token).get(Api.TOKENS).path("[0].id");
        Response answer = introspect(token);
        answer.then()
                .statusCode(200)
                .contentType(ContentType.JSON)
                .header("Cache-Control", "no-store")
                .body("$", aMapWithSize(10))
                .body("active", equalTo(true))
                .body("iss", equalTo(ServiceDatabase.PUBLIC_URL))
                .body("username", equalTo(email))
                .body("role", equalTo("admin"))
                .body("scope", equalTo("admin"))
                .body("token_type", equalTo("Bearer"))
                .body("exp", equalTo((int) expiry.getEpochSecond()))
                .body("jti", equalTo(id));
        long age = Instant.now().getEpochSecond() - answer.jsonPath().getLong("iat");
        assertEquals(0, age / 60);
    }

    /** The client of a person's token is not known. */
    @Test
    void namesTheProgramAsTheClientOfItsToken() {
        String email = Accounts.create(Role.SERVICE, null);
        introspect(Accounts.token(email))
                .then()
                .body("client_id", equalTo(email))
                .body("scope", equalTo("service"));
    }

    @Test
    void anEndlessAccountEndsWithTheLifeOfItsToken() {
        Response answer = introspect(Accounts.token(Accounts.create()));
        long life = answer.jsonPath().getLong("exp") - answer.jsonPath().getLong("iat");
        // The lifespan of the service under test.
        assertEquals(Duration.ofDays(3650).toSeconds(), life);
    }

    @Test
    void aTokenThatIsNotGoodIsInactiveAndNothingElse() {
        String email = Accounts.create();
        String revoked = Accounts.token(email);
        Api.as(revoked).delete(Api.TOKENS).then().statusCode(200);
        assertEquals(INACTIVE, introspect(revoked).asString());
        String expired = Accounts.token(email);
        Accounts.expire(email);
        assertEquals(INACTIVE, introspect(expired).asString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "gsa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAZClWt", "%00"})
    void aTokenThatIsNoneIsInactive(String token) {
        assertEquals(INACTIVE, introspect(token).asString());
    }

    @Test
    void needsAToken() {
        isProblem(
                Api.as(program).contentType(ContentType.URLENC).body("x=y").post("/oauth2/introspect"),
                400,
                "INVALID_INPUT");
        isProblem(
                Api.as(program).contentType(ContentType.JSON).body("{}").post("/oauth2/introspect"),
                415,
                "UNSUPPORTED_MEDIA_TYPE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&&&", "token=%", "token=%zz", "%zz=a&token=a", "token=a&token=b", "token=a&TOKEN=b"})
    void refusesAFormThatIsMalformed(String form) {
        for (String path : new String[] {"/oauth2/introspect", "/oauth2/revoke"}) {
            Response answer =
                    Api.as(program).contentType(ContentType.URLENC).body(form).post(path);
            isProblem(answer, 400, "INVALID_INPUT");
        }
    }

    @Test
    void refusesAFormOfTooManyParameters() {
        StringBuilder form = new StringBuilder("token=a");
        for (int i = 0; i < 1001; i++) {
            form.append("&p").append(i).append("=1");
        }
        isProblem(
                Api.as(program)
                        .contentType(ContentType.URLENC)
                        .body(form.toString())
                        .post("/oauth2/introspect"),
                400,
                "INVALID_INPUT");
    }

    @Test
    void refusesAFormThatIsTooLong() throws Exception {
        String form = "token=" + "x".repeat(17_000);
        isProblem(
                Api.as(program).contentType(ContentType.URLENC).body(form).post("/oauth2/introspect"),
                413,
                "PAYLOAD_TOO_LARGE");
        HttpRequest chunked = HttpRequest.newBuilder(
                        URI.create(RestAssured.baseURI + ":" + RestAssured.port + "/oauth2/introspect"))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Authorization", "Bearer " + program)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(form.getBytes(StandardCharsets.US_ASCII))))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(chunked, HttpResponse.BodyHandlers.ofString());
        assertEquals(413, answer.statusCode(), answer.body());
        assertTrue(answer.body().startsWith("{\"code\":\"PAYLOAD_TOO_LARGE\""), answer.body());
    }

    @Test
    void aProgramCanDoNothingElse() {
        isProblem(Api.as(program).get(USER), 403, "PERMISSION_DENIED");
        isProblem(Api.as(program).get(Api.TOKENS), 403, "PERMISSION_DENIED");
    }

    @Test
    void knowsAProgramByItsPasswordToo() {
        String email = Accounts.create(Role.SERVICE, null);
        String token = Accounts.token(Accounts.create());
        for (int i = 0; i < 3; i++) {
            introspect(token, email, Accounts.PASSWORD).then().statusCode(200).body("active", equalTo(true));
        }
        isProblemThatAsksForBasic(introspect(token, email, "wrong"), 401, "INVALID_CREDENTIALS");
        isProblemThatAsksForBasic(introspect(token, "nobody-" + email, Accounts.PASSWORD), 401, "INVALID_CREDENTIALS");
        isProblemThatAsksForBasic(introspect(token, Accounts.create(), Accounts.PASSWORD), 403, "PERMISSION_DENIED");
        isProblem(
                given().auth().preemptive().basic(email, Accounts.PASSWORD).get(Api.TOKENS), 401, "PERMISSION_DENIED");
        for (String header : new String[] {"Basic", "Basic *", "Basic YQ==", "Basic a"}) {
            isProblemThatAsksForBasic(
                    given().header("Authorization", header)
                            .formParam("token", token)
                            .post("/oauth2/introspect"),
                    401,
                    "PERMISSION_DENIED");
        }
    }

    @Test
    void asksForThePasswordThatAProgramSendsOnlyThen() {
        String email = Accounts.create(Role.SERVICE, null);
        given().auth()
                .basic(email, Accounts.PASSWORD)
                .formParam("token", Accounts.token(Accounts.create()))
                .post("/oauth2/introspect")
                .then()
                .statusCode(200)
                .body("active", equalTo(true));
    }

    /** Which send their origin with every POST, and would ask whoever sits before them. */
    @Test
    void asksNoBrowserForAPassword() {
        isProblem(
                given().header("Origin", "http://localhost:8081")
                        .formParam("token", "x")
                        .post("/oauth2/introspect"),
                401,
                "PERMISSION_DENIED");
    }

    /** It is remembered, but not longer than it is good. */
    @Test
    void aPasswordIsRefusedAsSoonAsItIsNotTheAccountsAnyMore() {
        String email = Accounts.create(Role.SERVICE, null);
        String token = Accounts.token(Accounts.create());
        introspect(token, email, Accounts.PASSWORD).then().statusCode(200);
        Accounts.expire(email);
        isProblemThatAsksForBasic(introspect(token, email, Accounts.PASSWORD), 401, "ACCOUNT_EXPIRED");
        String neverGood = Accounts.create(Role.SERVICE, Instant.parse("2020-01-01T00:00:00Z"));
        isProblemThatAsksForBasic(introspect(token, neverGood, Accounts.PASSWORD), 401, "ACCOUNT_EXPIRED");
        String changed = Accounts.create(Role.SERVICE, null);
        introspect(token, changed, Accounts.PASSWORD).then().statusCode(200);
        Accounts.setHash(
                changed, Accounts.hasher().hash("another horse, another battery".getBytes(StandardCharsets.UTF_8)));
        isProblemThatAsksForBasic(introspect(token, changed, Accounts.PASSWORD), 401, "INVALID_CREDENTIALS");
        introspect(token, changed, "another horse, another battery").then().statusCode(200);
    }

    /** Raw (RFC 7617), form-encoded (RFC 6749, section 2.3.1), and in the form; what one form means is wrong in the other. */
    @ParameterizedTest
    @ValueSource(strings = {"100% sure + certain", "a%20b+c %2B d%", "100%25+sure", "colon:in:it@all", "pl\u00e4in"})
    void takesThePasswordInEachFormOfCredentials(String password) {
        String email = programWithPassword(password);
        String token = Accounts.token(Accounts.create());
        introspect(token, email, password).then().statusCode(200).body("active", equalTo(true));
        introspect(token, encoded(email), encoded(password))
                .then()
                .statusCode(200)
                .body("active", equalTo(true));
        given().contentType("application/x-www-form-urlencoded; charset=UTF-8")
                .formParam("token", token)
                .formParam("client_id", email)
                .formParam("client_secret", password)
                .post("/oauth2/introspect")
                .then()
                .statusCode(200)
                .body("active", equalTo(true));
        isOAuthError(introspect(token, email, encoded(password)), 401, "INVALID_CREDENTIALS", "invalid_client");
        if (password.matches(".*[%+].*")) {
            isOAuthError(introspect(token, encoded(email), password), 401, "INVALID_CREDENTIALS", "invalid_client");
        }
    }

    /** Neither form doubles what a guess costs the account. */
    @Test
    void countsEachWrongPasswordOnce() {
        String email = Accounts.create(Role.SERVICE, null);
        introspect("x", email, "wrong").then().statusCode(401);
        introspect("x", encoded(email), "wrong").then().statusCode(401);
        given().formParam("token", "x")
                .formParam("client_id", email)
                .formParam("client_secret", "wrong")
                .post("/oauth2/introspect")
                .then()
                .statusCode(401);
        assertEquals(3, Accounts.failedLogins(email));
    }

    @Test
    void refusesTwoWaysOfAuthenticationAtOnce() {
        String email = Accounts.create(Role.SERVICE, null);
        isOAuthError(
                given().auth()
                        .preemptive()
                        .basic(email, Accounts.PASSWORD)
                        .formParam("token", "x")
                        .formParam("client_id", email)
                        .formParam("client_secret", Accounts.PASSWORD)
                        .post("/oauth2/introspect"),
                400,
                "INVALID_INPUT",
                "invalid_request");
    }

    /** RFC 6749, section 5.2, and for the caller's token RFC 6750, section 3.1. */
    @Test
    void errorsAreThoseOfOAuthToo() {
        String user = Accounts.token(Accounts.create());
        isOAuthError(
                given().formParam("token", "x").post("/oauth2/introspect"), 401, "PERMISSION_DENIED", "invalid_client");
        Response unknown = Api.as("nonsense").formParam("token", "x").post("/oauth2/introspect");
        isOAuthError(unknown, 401, "PERMISSION_DENIED", "invalid_token");
        assertTrue(
                unknown.headers()
                        .getValues("WWW-Authenticate")
                        .contains("Bearer realm=\"auth-tokens\", error=\"invalid_token\""),
                unknown.headers()::toString);
        isOAuthError(
                Api.as(user).formParam("token", "x").post("/oauth2/introspect"),
                403,
                "PERMISSION_DENIED",
                "insufficient_scope");
        isOAuthError(
                Api.as(program).formParam("x", "y").post("/oauth2/introspect"),
                400,
                "INVALID_INPUT",
                "invalid_request");
        isOAuthError(given().formParam("x", "y").post("/oauth2/revoke"), 400, "INVALID_INPUT", "invalid_request");
        isOAuthError(
                given().contentType(ContentType.URLENC).body("token=%").post("/oauth2/revoke"),
                400,
                "INVALID_INPUT",
                "invalid_request");
        isOAuthError(given().get("/oauth2/revoke"), 405, "METHOD_NOT_ALLOWED", "invalid_request");
    }

    /** RFC 8414, section 2. The URLs are those of the setting, whatever the request says. */
    @Test
    void saysWhatThereIsForOAuthClients() {
        String expected = "{'issuer':'%1$s','response_types_supported':[],'grant_types_supported':[],"
                + "'scopes_supported':['user','admin','service'],'introspection_endpoint':'%1$s/oauth2/introspect',"
                + "'introspection_endpoint_auth_methods_supported':['client_secret_basic','client_secret_post','Bearer'],"
                + "'revocation_endpoint':'%1$s/oauth2/revoke','revocation_endpoint_auth_methods_supported':['none']}";
        Response answer = given().header("Host", "elsewhere.example.com")
                .header("X-Forwarded-Host", "elsewhere.example.com")
                .get("/.well-known/oauth-authorization-server");
        assertEquals(expected.formatted(ServiceDatabase.PUBLIC_URL).replace('\'', '"'), answer.asString());
    }

    private static void isOAuthError(Response response, int status, String code, String error) {
        response.then()
                .statusCode(status)
                .contentType(ContentType.JSON)
                .body("$", aMapWithSize(4))
                .body("code", equalTo(code))
                .body("error", equalTo(error))
                // The characters of RFC 6749, section 5.2.
                .body("error_description", matchesPattern("[ !#-\\[\\]-~]+"))
                .body("message", equalTo(response.path("error_description")));
    }

    private static String programWithPassword(String password) {
        return Accounts.createWithHash(
                Accounts.hasher().hash(password.getBytes(StandardCharsets.UTF_8)), Role.SERVICE, null);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static Response introspect(String token, String email, String password) {
        return given().header("Authorization", "Basic " + Api.base64(email + ":" + password))
                .formParam("token", token)
                .post("/oauth2/introspect");
    }

    @Test
    void whoeverHoldsATokenMayEndIt() {
        String token = Accounts.token(Accounts.create());
        String answer = revoke(token);
        isProblem(Api.as(token).get(USER), 401, "PERMISSION_DENIED");
        assertEquals(answer, revoke(token), "the answer tells whether there was a token");
        assertEquals(answer, revoke("nonsense"));
    }

    @Test
    void verifyNamesTheAccountInHeaders() {
        String email = Accounts.createAs("r\u00fcdiger-" + UUID.randomUUID() + "@example.com");
        String plain = Accounts.create();
        verify(Accounts.token(plain))
                .then()
                .statusCode(200)
                .header("X-Auth-Request-Email", equalTo(plain))
                .header("X-Auth-Request-Role", equalTo("user"))
                .header("WWW-Authenticate", nullValue());
        verify(Accounts.token(email))
                .then()
                .header(
                        "X-Auth-Request-Email",
                        equalTo(email.replace("\u00fc", "%C3%BC").replace("@", "%40")));
        isProblem(verify("nonsense"), 401, "PERMISSION_DENIED");
    }

    private static Response verify(String token) {
        return Api.as(token).header("X-Auth-Request-Email", "admin@example.com").get("/v4/auth-tokens/verify/");
    }

    private Response introspect(String token) {
        return Api.as(program)
                .contentType(ContentType.URLENC)
                .formParam("token", token)
                .formParam("token_type_hint", "access_token")
                .post("/oauth2/introspect");
    }

    private static String revoke(String token) {
        return given().contentType(ContentType.URLENC)
                .formParam("token", token)
                .post("/oauth2/revoke")
                .then()
                .statusCode(200)
                .extract()
                .asString();
    }
}
