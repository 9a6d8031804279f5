package dev.authtokens.http;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The served description against the facts of the published API that clients rely on. */
@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class ApiDescriptionTest {

    private static final JsonNode CONTRACT = contract();

    /** Fields that old clients neither send nor look at. */
    private static final Set<String> BEYOND_THE_CONTRACT = Set.of("role");

    private JsonNode served;

    @BeforeEach
    void readServedDescription() throws IOException {
        served = new ObjectMapper()
                .readTree(given().queryParam("format", "json").get("/q/openapi").asString());
    }

    @TestFactory
    Stream<DynamicTest> operationsAreThoseOfTheContract() {
        return fields(CONTRACT.get("operations"))
                .map(operation -> DynamicTest.dynamicTest(
                        operation.getKey(), () -> compare(operation.getKey(), operation.getValue())));
    }

    private void compare(String operationId, JsonNode contract) {
        JsonNode operation = served.at("/paths/" + pointer(contract.get("path").asText()) + "/"
                + contract.get("method").asText().toLowerCase(Locale.ROOT));
        assertEquals(operationId, operation.path("operationId").asText());
        assertEquals(contract.get("tag").asText(), operation.at("/tags/0").asText());
        Set<String> parameters = new TreeSet<>();
        operation.path("parameters").forEach(parameter -> parameters.add(named(parameter)));
        parameters.removeIf(parameter -> parameter.startsWith("query "));
        assertEquals(texts(contract.get("parameters")), parameters, "beyond optional parameters of the query");
        if (contract.has("body")) {
            assertEquals(contract.get("body").asText(), schema(operation.path("requestBody")));
        }
        fields(contract.get("answers"))
                .forEach(answer -> assertEquals(
                        answer.getValue().asText(),
                        schema(operation.at("/responses/" + answer.getKey())),
                        "answer " + answer.getKey()));
        Set<String> successes = new TreeSet<>();
        operation.path("responses").fieldNames().forEachRemaining(status -> {
            if (status.startsWith("2")) {
                successes.add(status);
            }
        });
        assertEquals(1, successes.size(), "a 2xx that is not in the contract breaks clients: " + successes);
    }

    @Test
    void schemasHaveTheFieldsOfTheContract() {
        fields(CONTRACT.get("schemas")).forEach(schema -> {
            Set<String> fields = new TreeSet<>();
            served.at("/components/schemas/" + schema.getKey() + "/properties")
                    .fieldNames()
                    .forEachRemaining(fields::add);
            fields.removeAll(BEYOND_THE_CONTRACT);
            assertEquals(texts(schema.getValue()), fields, schema.getKey());
        });
    }

    @Test
    void everyErrorAnswerIsAGenericResponse() {
        served.path("paths")
                .forEach(path -> path.forEach(operation -> fields(operation.path("responses"))
                        .filter(answer -> !answer.getKey().startsWith("2"))
                        .forEach(answer ->
                                assertEquals("V4GenericResponse", schema(answer.getValue()), answer.getKey()))));
    }

    @Test
    void credentialsAreDescribedForSwaggerUi() {
        JsonNode schemes = served.at("/components/securitySchemes");
        assertEquals("apiKey", schemes.at("/AuthorizationHeaderToken/type").asText());
        assertEquals(
                "Authorization", schemes.at("/AuthorizationHeaderToken/name").asText());
        assertEquals("bearer", schemes.at("/BearerToken/scheme").asText());
        assertTrue(served.at("/paths/~1v4~1user~1/get/security").toString().contains("AuthorizationHeaderToken"));
        assertEquals("[]", served.at("/paths/~1v4~1auth-tokens~1/post/security").toString());
        given().get("/q/swagger-ui/").then().statusCode(200);
    }

    private String named(JsonNode parameter) {
        JsonNode resolved =
                parameter.has("$ref") ? served.at(parameter.get("$ref").asText().substring(1)) : parameter;
        return resolved.path("in").asText() + " " + resolved.path("name").asText();
    }

    private static String schema(JsonNode answer) {
        JsonNode schema = answer.at("/content/application~1json/schema");
        return schema.path("type").asText().equals("array")
                ? "array of " + reference(schema.path("items"))
                : reference(schema);
    }

    private static String reference(JsonNode schema) {
        String reference = schema.path("$ref").asText();
        return reference.substring(reference.lastIndexOf('/') + 1);
    }

    private static String pointer(String path) {
        return path.replace("/", "~1");
    }

    private static Set<String> texts(JsonNode array) {
        Set<String> texts = new TreeSet<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static Stream<Map.Entry<String, JsonNode>> fields(JsonNode node) {
        return node.properties().stream();
    }

    private static JsonNode contract() {
        try (InputStream file = ApiDescriptionTest.class.getResourceAsStream("/contract.json")) {
            assertNotNull(file);
            return new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
