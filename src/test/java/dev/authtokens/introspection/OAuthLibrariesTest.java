package dev.authtokens.introspection;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.oauth2.sdk.TokenIntrospectionErrorResponse;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenIntrospectionResponse;
import com.nimbusds.oauth2.sdk.TokenIntrospectionSuccessResponse;
import com.nimbusds.oauth2.sdk.TokenRevocationRequest;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.NimbusOpaqueTokenIntrospector;
import org.springframework.security.oauth2.server.resource.introspection.OAuth2IntrospectionException;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;
import org.springframework.security.oauth2.server.resource.introspection.SpringOpaqueTokenIntrospector;

/** The libraries of Java that resource servers ask with; {@code .ci/oauth-clients} tries those of other languages. */
@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class OAuthLibrariesTest {

    private static final String PASSWORD = "100% sure + certain: this";

    private String program;
    private String email;
    private String token;

    @BeforeEach
    void makeAccounts() {
        program = Accounts.createWithHash(
                Accounts.hasher().hash(PASSWORD.getBytes(StandardCharsets.UTF_8)), Role.SERVICE, null);
        email = Accounts.create();
        token = Accounts.token(email);
    }

    @TestFactory
    @SuppressWarnings({"deprecation", "removal"})
    Stream<DynamicTest> springSecurity() {
        return Stream.of(
                spring(
                        "builder, form-encoded",
                        (id, secret) -> SpringOpaqueTokenIntrospector.withIntrospectionUri(uri("introspect"))
                                .clientId(id)
                                .clientSecret(secret)
                                .build()),
                spring("raw", (id, secret) -> new SpringOpaqueTokenIntrospector(uri("introspect"), id, secret)),
                spring("Nimbus", (id, secret) -> new NimbusOpaqueTokenIntrospector(uri("introspect"), id, secret)));
    }

    private DynamicTest spring(String name, BiFunction<String, String, OpaqueTokenIntrospector> maker) {
        return DynamicTest.dynamicTest(name, () -> {
            OpaqueTokenIntrospector introspector = maker.apply(program, PASSWORD);
            OAuth2AuthenticatedPrincipal principal = introspector.introspect(token);
            assertEquals(email, principal.getAttribute("username"));
            assertEquals(List.of("user"), principal.getAttribute("scope"));
            assertEquals(
                    "SCOPE_user", principal.getAuthorities().iterator().next().getAuthority());
            assertThrows(BadOpaqueTokenException.class, () -> introspector.introspect("nonsense"));
            OpaqueTokenIntrospector other = maker.apply(program, "wrong");
            OAuth2IntrospectionException refused =
                    assertThrows(OAuth2IntrospectionException.class, () -> other.introspect(token));
            assertFalse(refused instanceof BadOpaqueTokenException);
        });
    }

    @Test
    void nimbusReadsAnswersAndErrors() throws Exception {
        for (ClientAuthentication caller : List.of(
                new ClientSecretBasic(new ClientID(program), new Secret(PASSWORD)),
                new ClientSecretPost(new ClientID(program), new Secret(PASSWORD)))) {
            TokenIntrospectionSuccessResponse answer = introspect(caller).toSuccessResponse();
            assertTrue(answer.isActive());
            assertEquals(email, answer.getUsername());
            assertEquals("user", answer.getScope().toString());
            assertEquals(ServiceDatabase.PUBLIC_URL, answer.getIssuer().getValue());
        }
        for (ClientAuthentication caller : List.of(
                new ClientSecretBasic(new ClientID(program), new Secret("wrong")),
                new ClientSecretPost(new ClientID(program), new Secret("wrong")))) {
            TokenIntrospectionErrorResponse error = (TokenIntrospectionErrorResponse) introspect(caller);
            assertEquals("invalid_client", error.getErrorObject().getCode());
            assertEquals(401, error.getErrorObject().getHTTPStatusCode());
        }
        TokenRevocationRequest logout = new TokenRevocationRequest(
                URI.create(uri("revoke")), new ClientID(program), new BearerAccessToken(token));
        assertTrue(logout.toHTTPRequest().send().indicatesSuccess());
        assertFalse(introspect(new ClientSecretBasic(new ClientID(program), new Secret(PASSWORD)))
                .toSuccessResponse()
                .isActive());
    }

    private TokenIntrospectionResponse introspect(ClientAuthentication caller) throws Exception {
        return TokenIntrospectionResponse.parse(
                new TokenIntrospectionRequest(URI.create(uri("introspect")), caller, new BearerAccessToken(token))
                        .toHTTPRequest()
                        .send());
    }

    /** RFC 8414, section 2. */
    @Test
    void theMetadataSaysWhatThereIs() throws Exception {
        AuthorizationServerMetadata metadata =
                AuthorizationServerMetadata.parse(given().get("/.well-known/oauth-authorization-server")
                        .then()
                        .statusCode(200)
                        .extract()
                        .asString());
        assertEquals(new Issuer(ServiceDatabase.PUBLIC_URL), metadata.getIssuer());
        assertEquals(
                URI.create(ServiceDatabase.PUBLIC_URL + "/oauth2/introspect"), metadata.getIntrospectionEndpointURI());
        assertEquals(URI.create(ServiceDatabase.PUBLIC_URL + "/oauth2/revoke"), metadata.getRevocationEndpointURI());
        assertEquals(
                List.of(
                        ClientAuthenticationMethod.CLIENT_SECRET_BASIC,
                        ClientAuthenticationMethod.CLIENT_SECRET_POST,
                        new ClientAuthenticationMethod("Bearer")),
                metadata.getIntrospectionEndpointAuthMethods());
        assertEquals(List.of(), metadata.getResponseTypes());
    }

    private static String uri(String endpoint) {
        return RestAssured.baseURI + ":" + RestAssured.port + "/oauth2/" + endpoint;
    }
}
