package dev.authtokens.http;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.authtokens.access.Role;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.harness.ServiceDatabase;
import dev.authtokens.problem.ProblemCode;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
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
    private static final Set<String> BEYOND_THE_CONTRACT = Set.of("role", "error", "error_description");

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
    void everyStatusHasAnExampleThatShowsItsOwnCode() {
        responses((operation, status, response) -> {
            JsonNode content = response.at("/content/application~1json");
            if (schema(response).equals("V4GenericResponse")) {
                List<JsonNode> examples = content.has("examples")
                        ? fields(content.get("examples"))
                                .map(example -> example.getValue().path("value"))
                                .toList()
                        : List.of(content.path("example"));
                for (JsonNode example : examples) {
                    String code = example.path("code").asText();
                    assertTrue(belongs(code, Integer.parseInt(status)), () -> operation + " " + status + ": " + code);
                    assertTrue(response.path("description").asText().contains("`" + code + "`"), () -> operation);
                    assertFalse(example.path("message").asText().isEmpty(), operation);
                }
            }
        });
    }

    private static boolean belongs(String code, int status) {
        return status < 300
                ? code.startsWith("RESOURCE_")
                : Stream.of(ProblemCode.values())
                        .anyMatch(known -> known.code().equals(code) && known.status() == status);
    }

    @Test
    void everyAnswerDescribesItsHeaders() {
        responses((operation, status, response) -> {
            Set<String> expected = new TreeSet<>(Set.of("X-Request-ID"));
            if (status.equals("401")) {
                expected.add("WWW-Authenticate");
            } else if (status.equals("429") || status.equals("503")) {
                expected.add("Retry-After");
            } else if (status.equals("200") && operation.equals("verifyAuthToken")) {
                expected.addAll(Set.of("X-Auth-Request-User", "X-Auth-Request-Email", "X-Auth-Request-Role"));
                expected.add("X-Auth-Tokens-Stale");
            } else if (status.equals("200") && operation.equals("introspectToken")) {
                expected.add("X-Auth-Tokens-Stale");
            }
            Set<String> described = new TreeSet<>();
            response.path("headers").fieldNames().forEachRemaining(described::add);
            assertTrue(described.containsAll(expected), () -> operation + " " + status + ": " + described);
            response.path("headers")
                    .forEach(header ->
                            assertFalse(resolved(header).path("schema").isEmpty(), operation + " " + status));
        });
    }

    @Test
    void everyPropertyOfAnAnswerIsRequiredOrSaidToBeMissing() {
        fields(served.at("/components/schemas"))
                .filter(schema -> !schema.getKey().endsWith("Request"))
                .forEach(schema -> {
                    Set<String> required = texts(schema.getValue().path("required"));
                    String text = schema.getValue().path("description").asText();
                    fields(schema.getValue().path("properties"))
                            .filter(property -> !required.contains(property.getKey()))
                            .filter(property -> !(text + property.getValue().path("description"))
                                    .matches("(?s).*(missing|left out|Missing).*"))
                            .forEach(property -> fail(schema.getKey() + "." + property.getKey()));
                });
    }

    @Test
    void generatedClientsTakeWhatIsRequiredFirstAndTracingHeadersLast() {
        operations((operationId, operation) -> {
            List<String> names = new ArrayList<>();
            operation.path("parameters").forEach(parameter -> names.add(named(parameter)));
            int size = names.size();
            assertEquals(
                    List.of("header X-Request-ID", "header X-Giant-Swarm-Activity", "header X-Giant-Swarm-CmdLine"),
                    names.subList(Math.max(0, size - 3), size),
                    operationId);
            JsonNode body = operation.path("requestBody");
            assertTrue(body.isMissingNode() || body.path("required").asBoolean(), operationId);
            JsonNode form = body.at("/content/application~1x-www-form-urlencoded/schema");
            assertTrue(form.isMissingNode() || !resolved(form).path("required").isEmpty(), operationId);
        });
    }

    /** A logout looks at no role. */
    @Test
    void everyOperationThatLooksAtTheRoleSaysThatItRefuses() {
        operations((operationId, operation) -> assertEquals(
                !operation.path("security").isEmpty() && !operationId.equals("deleteAuthToken"),
                operation.path("responses").has("403"),
                operationId));
    }

    @Test
    void everyParameterIsDescribed() {
        operations((operationId, operation) -> {
            operation.path("parameters").forEach(parameter -> assertDescribed(operationId, resolved(parameter)));
            fields(resolved(operation.at("/requestBody/content/application~1x-www-form-urlencoded/schema"))
                            .path("properties"))
                    .forEach(field -> {
                        assertDescribed(operationId + " " + field.getKey(), field.getValue());
                        assertTrue(field.getValue().has("example"), operationId + " " + field.getKey());
                    });
        });
    }

    private static void assertDescribed(String name, JsonNode described) {
        assertFalse(described.path("description").asText().isEmpty(), () -> name + " " + described);
    }

    @Test
    void valuesHaveTheTypesThatClientsCanCheck() {
        Set<String> roles = Stream.of(Role.values()).map(Role::wireName).collect(Collectors.toCollection(TreeSet::new));
        Set<String> kinds = Stream.of(AuditKind.values()).map(AuditKind::name).collect(Collectors.toSet());
        Map<String, Set<String>> choices = Map.of(
                "role", roles, "kind", kinds, "provider", Set.of("kvm", "aws", "azure"), "except", Set.of("current"));
        values((name, value) -> {
            JsonNode schema = resolved(value.has("items") ? value.get("items") : value);
            String type = schema.path("type").asText();
            Set<String> choice = texts(schema.path("enum"));
            if (choices.containsKey(name) && !choice.equals(Set.of("TokenReview"))) {
                assertEquals(choices.get(name), choice, name);
            }
            if (type.equals("integer")) {
                assertTrue(schema.has("minimum") && schema.has("format"), () -> name + " " + schema);
            }
            if (schema.path("example").asText().matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T.*")
                    || Set.of("from", "until", "issued_before").contains(name)) {
                assertEquals("date-time", schema.path("format").asText(), name);
            }
            if (name.equals("limit")) {
                assertEquals("integer", type);
            }
        });
    }

    /** Swagger UI sends the first one as it is. */
    @Test
    void theFirstExampleOfAChangeChangesNothing() {
        operations((operationId, operation) -> {
            if (operationId.equals("modifyUser")) {
                JsonNode examples = operation.at("/requestBody/content/application~1json/examples");
                assertEquals("{}", examples.elements().next().path("value").toString());
            }
        });
        assertEquals(
                "modifyUser",
                served.at("/paths/~1v4~1users~1{email}~1/patch/operationId").asText());
    }

    @Test
    void saysWhatItIsAndWhereItIs() throws IOException {
        JsonNode info = served.path("info");
        assertEquals(nameAndVersion(), "auth-tokens " + info.path("version").asText());
        assertFalse(info.at("/contact/name").asText().isEmpty());
        assertEquals("Apache 2.0", info.at("/license/name").asText());
        assertTrue(info.path("description").asText().contains("Authorize"), "what a newcomer does first");
        List<String> servers = new ArrayList<>();
        served.path("servers").forEach(server -> servers.add(server.path("url").asText()));
        assertEquals(List.of("https://localhost:8000", "/"), servers);
    }

    /** As the command line prints them. */
    static String nameAndVersion() throws IOException {
        try (InputStream file = ApiDescriptionTest.class.getResourceAsStream("/dev/authtokens/cli/version.txt")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    @Test
    void operationsAreInTheOrderInWhichANewcomerNeedsThem() {
        List<String> tags = new ArrayList<>();
        served.path("tags").forEach(tag -> tags.add(tag.path("name").asText()));
        assertEquals(List.of("auth tokens", "users"), tags.subList(0, 2));
        Map<String, String> firsts = new HashMap<>();
        operations((operationId, operation) -> {
            String tag = operation.at("/tags/0").asText();
            assertTrue(tags.contains(tag), tag);
            firsts.putIfAbsent(tag, operationId);
        });
        assertEquals("createAuthToken", firsts.get("auth tokens"));
        assertEquals("getCurrentUser", firsts.get("users"));
    }

    @Test
    void credentialsAreDescribedForSwaggerUi() {
        JsonNode schemes = served.at("/components/securitySchemes");
        assertEquals("BearerToken", schemes.fieldNames().next());
        assertEquals("apiKey", schemes.at("/AuthorizationHeaderToken/type").asText());
        assertEquals(
                "Authorization", schemes.at("/AuthorizationHeaderToken/name").asText());
        assertTrue(schemes.at("/AuthorizationHeaderToken/description").asText().contains("giantswarm gsa_"));
        assertEquals("bearer", schemes.at("/BearerToken/scheme").asText());
        assertTrue(served.at("/paths/~1v4~1user~1/get/security").toString().contains("AuthorizationHeaderToken"));
        assertEquals("[]", served.at("/paths/~1v4~1auth-tokens~1/post/security").toString());
        given().get("/q/swagger-ui/").then().statusCode(200);
    }

    private interface ResponseCheck {
        void check(String operationId, String status, JsonNode response);
    }

    private void operations(BiConsumer<String, JsonNode> check) {
        served.path("paths")
                .forEach(path -> path.forEach(
                        operation -> check.accept(operation.path("operationId").asText(), operation)));
    }

    private void responses(ResponseCheck check) {
        operations((operationId, operation) -> fields(operation.path("responses"))
                .forEach(response -> check.check(operationId, response.getKey(), response.getValue())));
    }

    /** Every property of a schema, and every parameter, with its name. */
    private void values(BiConsumer<String, JsonNode> check) {
        fields(served.at("/components/schemas"))
                .flatMap(schema -> fields(schema.getValue().path("properties")))
                .forEach(property -> check.accept(property.getKey(), property.getValue()));
        operations((operationId, operation) -> operation
                .path("parameters")
                .forEach(parameter -> check.accept(
                        resolved(parameter).path("name").asText(),
                        resolved(parameter).path("schema"))));
    }

    private JsonNode resolved(JsonNode node) {
        JsonNode referring = node.has("allOf") ? node.at("/allOf/0") : node;
        return referring.has("$ref") ? served.at(referring.get("$ref").asText().substring(1)) : node;
    }

    private String named(JsonNode parameter) {
        return resolved(parameter).path("in").asText() + " "
                + resolved(parameter).path("name").asText();
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
