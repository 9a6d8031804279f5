package dev.authtokens.hostile;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** One operation of the API as its own description tells it, so that a new one is attacked without a word here. */
record Operation(
        String method,
        String path,
        boolean needsToken,
        List<String> pathParameters,
        List<String> query,
        Body body,
        List<String> fields) {

    enum Body {
        NONE,
        JSON,
        FORM
    }

    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

    static List<Operation> of(JsonNode description) {
        List<Operation> operations = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : description.get("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                if (METHODS.contains(method.getKey())) {
                    operations.add(of(description, path, method));
                }
            }
        }
        return List.copyOf(operations);
    }

    private static Operation of(
            JsonNode description, Map.Entry<String, JsonNode> path, Map.Entry<String, JsonNode> method) {
        JsonNode operation = method.getValue();
        List<JsonNode> parameters = Stream.of(path.getValue(), operation)
                .flatMap(node -> stream(node.path("parameters").elements()))
                .map(parameter -> resolve(description, parameter))
                .toList();
        JsonNode content = resolve(description, operation.path("requestBody")).path("content");
        Body body = content.has("application/json")
                ? Body.JSON
                : content.has("application/x-www-form-urlencoded") ? Body.FORM : Body.NONE;
        JsonNode schema = body == Body.NONE
                ? content
                : resolve(description, content.elements().next().path("schema"));
        return new Operation(
                method.getKey().toUpperCase(Locale.ROOT),
                path.getKey(),
                !operation.path("security").isEmpty(),
                names(parameters, "path"),
                names(parameters, "query"),
                body,
                stream(schema.path("properties").fieldNames()).toList());
    }

    private static List<String> names(List<JsonNode> parameters, String in) {
        return parameters.stream()
                .filter(parameter -> parameter.path("in").asText().equals(in))
                .map(parameter -> parameter.path("name").asText())
                .toList();
    }

    private static JsonNode resolve(JsonNode description, JsonNode node) {
        return node.has("$ref") ? description.at(node.get("$ref").asText().substring(1)) : node;
    }

    private static <T> Stream<T> stream(Iterator<T> iterator) {
        List<T> all = new ArrayList<>();
        iterator.forEachRemaining(all::add);
        return all.stream();
    }

    boolean isLogin() {
        return method.equals("POST") && path.equals("/v4/auth-tokens/");
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
