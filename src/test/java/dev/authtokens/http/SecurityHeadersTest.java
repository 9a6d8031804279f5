package dev.authtokens.http;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Api;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class SecurityHeadersTest {

    @ParameterizedTest
    @ValueSource(strings = {"/", Api.USER, "/nowhere", "/q/openapi", "/v4/%00"})
    void leavesBrowsersNothingToDoWithAnAnswer(String path) {
        given().urlEncodingEnabled(false)
                .get(path)
                .then()
                .header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                // Over plain HTTP it means nothing (RFC 6797, section 7.2).
                .header("Strict-Transport-Security", nullValue());
    }

    @Test
    void letsSwaggerUiRunItsOwnScriptsOnly() throws Exception {
        var page = given().get("/q/swagger-ui/");
        String policy = page.header("Content-Security-Policy");
        assertTrue(policy.startsWith("default-src 'none'; frame-ancestors 'none';"), policy);
        List<String> scripts = Pattern.compile("<script(?: defer)?>(.*?)</script>", Pattern.DOTALL)
                .matcher(page.asString())
                .results()
                .map(script -> script.group(1))
                .toList();
        assertEquals(2, scripts.size());
        for (String script : scripts) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            String source = "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
            assertTrue(policy.contains(source), () -> source + " is not in " + policy);
        }
    }
}
