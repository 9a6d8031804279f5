package dev.authtokens.harness;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Calls the API as its clients do. */
public final class Api {

    public static final String TOKENS = "/v4/auth-tokens/";
    public static final String USER = "/v4/user/";
    private static final String CHALLENGE = "giantswarm realm=\"auth-tokens\"";
    private static final String BEARER_CHALLENGE = "Bearer realm=\"auth-tokens\", error=\"invalid_token\"";
    private static final Set<String> FIELDS = Set.of("code", "message");
    private static final Set<String> OAUTH_FIELDS = Set.of("code", "message", "error", "error_description");
    private static final String BASIC_CHALLENGE = "Basic realm=\"auth-tokens\", charset=\"UTF-8\"";

    private Api() {}

    public static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    public static Response login(String email, String password) {
        return given().contentType(ContentType.JSON)
                .body(Map.of("email", email, "password_base64", base64(password)))
                .post(TOKENS);
    }

    /** A valid token of the account. */
    public static String token(String email, String password) {
        return login(email, password).then().statusCode(200).extract().path("auth_token");
    }

    public static RequestSpecification as(String token) {
        return given().header("Authorization", "giantswarm " + token);
    }

    /** What every error answer must be, whatever caused it. */
    public static ValidatableResponse isProblem(Response response, int status, String code) {
        return isProblem(response, status, code, status == 401 ? List.of(CHALLENGE) : List.of());
    }

    /** The same of an endpoint that takes HTTP Basic, too. */
    public static ValidatableResponse isProblemThatAsksForBasic(Response response, int status, String code) {
        return isProblem(response, status, code, status == 401 ? List.of(CHALLENGE, BASIC_CHALLENGE) : List.of());
    }

    private static ValidatableResponse isProblem(Response response, int status, String code, List<String> challenges) {
        Map<String, String> body = response.jsonPath().getMap("$");
        List<String> expected = new ArrayList<>(challenges);
        if ("invalid_token".equals(body.get("error"))) {
            expected.add(1, BEARER_CHALLENGE);
        }
        assertEquals(expected, response.headers().getValues("WWW-Authenticate"));
        assertEquals(body.containsKey("error") ? OAUTH_FIELDS : FIELDS, body.keySet());
        return response.then()
                .statusCode(status)
                .contentType(startsWith("application/json"))
                .header("X-Request-ID", not(nullValue()))
                .header("X-Content-Type-Options", "nosniff")
                .body("code", equalTo(code))
                .body("message", not(nullValue()));
    }
}
