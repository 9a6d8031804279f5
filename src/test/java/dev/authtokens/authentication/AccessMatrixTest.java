package dev.authtokens.authentication;

import static dev.authtokens.harness.Api.isProblem;
import static dev.authtokens.harness.Api.isProblemThatAsksForBasic;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.authtokens.access.Access.Who;
import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every endpoint with every kind of credentials. An endpoint that is served and has no row here fails. */
@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class AccessMatrixTest {

    private record Endpoint(String method, String path, Who who, int success, Object body) {

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private static final List<Endpoint> ENDPOINTS = List.of(
            new Endpoint("GET", "/", Who.ANYONE, 200, null),
            new Endpoint("GET", "/v4/info/", Who.SIGNED_IN, 200, null),
            new Endpoint("GET", "/v4/user/", Who.SIGNED_IN, 200, null),
            // Of an account that is not the caller's; to one's own, see UsersTest.
            new Endpoint("GET", "/v4/users/", Who.ADMIN, 200, null),
            new Endpoint("GET", "/v4/users/{email}/", Who.ADMIN, 404, null),
            new Endpoint("PUT", "/v4/users/{email}/", Who.ADMIN, 400, Map.of()),
            new Endpoint("PATCH", "/v4/users/{email}/", Who.ADMIN, 404, Map.of()),
            new Endpoint("DELETE", "/v4/users/{email}/", Who.ADMIN, 404, null),
            new Endpoint("POST", "/v4/users/{email}/password/", Who.ADMIN, 400, Map.of()),
            new Endpoint("GET", "/v4/users/{email}/auth-tokens/", Who.ADMIN, 404, null),
            new Endpoint("DELETE", "/v4/users/{email}/auth-tokens/{id}/", Who.ADMIN, 404, null),
            new Endpoint("DELETE", "/v4/users/{email}/auth-tokens/all/", Who.ADMIN, 404, null),
            new Endpoint("GET", "/v4/audit-events/", Who.ADMIN, 200, null),
            new Endpoint("POST", "/oauth2/introspect", Who.INTROSPECTOR, 200, "token=x"),
            new Endpoint("POST", "/oauth2/revoke", Who.ANYONE, 200, "token=x"),
            new Endpoint("GET", "/.well-known/oauth-authorization-server", Who.ANYONE, 200, null),
            new Endpoint(
                    "POST",
                    "/k8s/token-reviews",
                    Who.INTROSPECTOR,
                    200,
                    Map.of(
                            "apiVersion",
                            "authentication.k8s.io/v1",
                            "kind",
                            "TokenReview",
                            "spec",
                            Map.of("token", "x"))),
            new Endpoint("GET", "/v4/auth-tokens/verify/", Who.BEARER, 200, null),
            new Endpoint("GET", "/v4/auth-tokens/", Who.SIGNED_IN, 200, null),
            new Endpoint("DELETE", "/v4/auth-tokens/{id}/", Who.SIGNED_IN, 404, null),
            new Endpoint("DELETE", "/v4/auth-tokens/all/", Who.SIGNED_IN, 200, null),
            new Endpoint("DELETE", "/v4/auth-tokens/", Who.BEARER, 200, null),
            new Endpoint("POST", "/v4/auth-tokens/", Who.ANYONE, 400, Map.of()),
            new Endpoint("DELETE", "/v4/auth-tokens/everyone/", Who.ADMIN, 200, null));

    /** 32 zero bytes and their CRC-32: the checksum is right, and nobody was ever given it. */
    private static final String WELL_FORMED_BUT_UNKNOWN = "gsa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAZClWt";

    /** One of each kind for all endpoints, since a login is slow; a logout needs another one after it. */
    private static final Map<Credentials, String> TOKENS = new EnumMap<>(Credentials.class);

    private static final String NO_SESSION = "00000000-0000-0000-0000-000000000000";

    @Test
    void coversEveryEndpointThatIsServed() {
        Map<String, Map<String, Object>> paths = given().queryParam("format", "json")
                .get("/q/openapi")
                .jsonPath()
                .getMap("paths");
        Set<String> served = paths.entrySet().stream()
                .flatMap(path -> path.getValue().keySet().stream()
                        .filter(key -> Set.of("get", "post", "put", "patch", "delete", "head", "options")
                                .contains(key))
                        .map(method -> method.toUpperCase() + " " + path.getKey()))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> covered = ENDPOINTS.stream().map(Endpoint::toString).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(served, covered);
    }

    @TestFactory
    Stream<DynamicTest> matrix() {
        return ENDPOINTS.stream()
                .flatMap(endpoint -> Stream.of(Credentials.values())
                        .map(credentials -> DynamicTest.dynamicTest(
                                endpoint + " with " + credentials, () -> check(endpoint, credentials))));
    }

    private enum Credentials {
        NONE,
        MALFORMED,
        BASIC,
        UNKNOWN,
        REVOKED,
        EXPIRED,
        ACCOUNT_EXPIRED,
        SERVICE,
        USER,
        ADMIN;

        /** The role of a valid token. */
        Optional<Role> role() {
            return Stream.of(Role.values())
                    .filter(role -> role.name().equals(name()))
                    .findFirst();
        }
    }

    private static void check(Endpoint endpoint, Credentials credentials) {
        Response response = call(endpoint, credentials);
        if (endpoint.method.equals("DELETE") && endpoint.path.startsWith(Api.TOKENS)) {
            credentials.role().ifPresent(role -> TOKENS.remove(credentials));
        }
        Optional<Role> role = credentials.role();
        boolean allowed = endpoint.who == Who.ANYONE
                || role.filter(endpoint.who::includes).isPresent();
        if (allowed) {
            assertEquals(endpoint.success, response.statusCode(), response.asString());
        } else if (role.isPresent()) {
            isProblem(response, 403, "PERMISSION_DENIED");
        } else if (endpoint.who == Who.INTROSPECTOR) {
            isProblemThatAsksForBasic(
                    response, 401, credentials == Credentials.BASIC ? "INVALID_CREDENTIALS" : "PERMISSION_DENIED");
        } else {
            isProblem(response, 401, "PERMISSION_DENIED");
        }
    }

    private static Response call(Endpoint endpoint, Credentials credentials) {
        RequestSpecification request = given();
        String authorization = authorization(credentials);
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        if (endpoint.body != null) {
            request.contentType(endpoint.body instanceof String ? ContentType.URLENC : ContentType.JSON)
                    .body(endpoint.body);
        }
        return request.request(
                endpoint.method,
                endpoint.path.replace("{email}", "nobody@example.com").replace("{id}", NO_SESSION));
    }

    private static String authorization(Credentials credentials) {
        return switch (credentials) {
            case NONE -> null;
            case MALFORMED -> "giantswarm gsa_nonsense";
            case BASIC -> "Basic dXNlcjpwYXNzd29yZA==";
            case UNKNOWN -> "giantswarm " + WELL_FORMED_BUT_UNKNOWN;
            default -> "giantswarm " + TOKENS.computeIfAbsent(credentials, AccessMatrixTest::token);
        };
    }

    private static String token(Credentials credentials) {
        String email = Accounts.create(credentials.role().orElse(Role.ADMIN), null);
        String token = Accounts.token(email);
        switch (credentials) {
            case REVOKED -> Api.as(token).delete(Api.TOKENS).then().statusCode(200);
            case EXPIRED -> Accounts.ageTokens(email, "11 years");
            case ACCOUNT_EXPIRED -> Accounts.expire(email);
            default -> {}
        }
        return token;
    }
}
