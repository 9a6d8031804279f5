package dev.authtokens.introspection;

import static dev.authtokens.harness.Api.isProblem;
import static dev.authtokens.harness.Api.isProblemThatAsksForBasic;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.ServiceDatabase;
import dev.authtokens.k8s.KubernetesApi;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The API server of Kubernetes as a client: requests and answers are those of its published types. */
@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class TokenReviewTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String VERSION = "authentication.k8s.io/v1";

    /** As an API server sends it: with a slash at the end of the path, a timeout, and fields that are for others. */
    private static final String OF_AN_API_SERVER = """
            {"kind":"TokenReview","apiVersion":"authentication.k8s.io/v1","metadata":{"creationTimestamp":null},
            "spec":{"token":"%s","audiences":["https://kubernetes.default.svc.cluster.local"]},"status":{"user":{}}}
            """;

    private String program;

    @BeforeEach
    void makeProgram() {
        program = Accounts.create(Role.SERVICE, null);
    }

    @Test
    void namesTheAccountAndItsRoleAsAGroup() throws Exception {
        for (Role role : Role.values()) {
            String email = Accounts.create(role, null);
            String token = Accounts.token(email);
            TokenReviewStatus status = status(review(byToken(), token));
            assertTrue(status.getAuthenticated());
            assertEquals(email, status.getUser().getUsername());
            assertEquals(
                    List.of("auth-tokens:" + role.wireName()), status.getUser().getGroups());
            String id = Api.as(token)
                    .get("/v4/auth-tokens/verify/")
                    .then()
                    .extract()
                    .header("X-Auth-Request-User");
            assertEquals(id, status.getUser().getUid());
        }
    }

    /** The API server takes a token without audiences as one for itself; who asks for another audience must refuse it. */
    @Test
    void answersTheApiServerAndVouchesForNoAudience() throws Exception {
        String email = Accounts.create();
        Response answer = byToken()
                .header("Accept", "application/json, */*")
                .header("User-Agent", "kube-apiserver/v1.34.1 (linux/amd64) kubernetes/93248f9")
                .contentType("application/json")
                .body(OF_AN_API_SERVER.formatted(Accounts.token(email)))
                .post("/k8s/token-reviews/?timeout=30s");
        assertEquals(email, status(answer).getUser().getUsername());
        assertEquals(List.of(), status(answer).getAudiences());
    }

    @Test
    void aTokenThatIsNotValidIsNotAuthenticatedAndNothingElse() throws Exception {
        String email = Accounts.create();
        String revoked = Accounts.token(email);
        assertTrue(status(review(byToken(), revoked)).getAuthenticated());
        Api.as(revoked).delete(Api.TOKENS).then().statusCode(200);
        String expired = Accounts.token(email);
        Accounts.expire(email);
        for (String token : List.of(revoked, expired, "x", "gsa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAZClWt")) {
            Response answer = review(byToken(), token);
            assertEquals(
                    "{\"apiVersion\":\"" + VERSION
                            + "\",\"kind\":\"TokenReview\",\"status\":{\"authenticated\":false}}",
                    answer.asString());
            assertEquals(false, status(answer).getAuthenticated());
        }
    }

    @Test
    void takesThePasswordOfAKubeconfig() throws Exception {
        String token = Accounts.token(Accounts.create());
        RequestSpecification byPassword = given().auth().preemptive().basic(program, Accounts.PASSWORD);
        assertTrue(status(review(byPassword, token)).getAuthenticated());
        isProblemThatAsksForBasic(
                review(given().auth().preemptive().basic(program, "wrong"), token), 401, "INVALID_CREDENTIALS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"kind\"",
                "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenReview\"}",
                "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenReview\",\"spec\":{}}",
                "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenReview\",\"spec\":{\"token\":\"\"}}",
                "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenReview\",\"spec\":{\"token\":1}}",
                "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"Pod\",\"spec\":{\"token\":\"x\"}}",
                "{\"apiVersion\":\"authentication.k8s.io/v1beta1\",\"kind\":\"TokenReview\",\"spec\":{\"token\":\"x\"}}"
            })
    void refusesWhatIsNoReview(String body) {
        isProblem(byToken().contentType(ContentType.JSON).body(body).post("/k8s/token-reviews"), 400, "INVALID_INPUT");
    }

    private RequestSpecification byToken() {
        return Api.as(Accounts.token(program));
    }

    private static Response review(RequestSpecification caller, String token) throws Exception {
        TokenReview review = new TokenReviewBuilder()
                .withNewSpec()
                .withToken(token)
                .endSpec()
                .build();
        return caller.contentType(ContentType.JSON)
                .body(JSON.writeValueAsString(review))
                .post("/k8s/token-reviews");
    }

    private static TokenReviewStatus status(Response answer) throws Exception {
        answer.then().statusCode(200).contentType(ContentType.JSON);
        assertEquals(Optional.empty(), KubernetesApi.refusal(JSON.readTree(answer.asString())));
        return JSON.readValue(answer.asString(), TokenReview.class).getStatus();
    }
}
