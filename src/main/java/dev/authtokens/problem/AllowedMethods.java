package dev.authtokens.problem;

import io.quarkus.smallrye.openapi.runtime.OpenApiConstants;
import io.quarkus.smallrye.openapi.runtime.OpenApiDocumentService;
import io.smallrye.openapi.runtime.io.Format;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The methods of a path, for the {@code Allow} header of a 405 (RFC 9110, section 15.5.6). Quarkus REST leaves it out and has
 * no setting for it, so it is taken from the OpenAPI document that is served.
 */
@Singleton
class AllowedMethods {

    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");

    private final OpenApiDocumentService description;
    private volatile Map<Pattern, Set<String>> methodsByPath;

    AllowedMethods(OpenApiDocumentService description) {
        this.description = description;
    }

    /** The value of the header for a path, with or without the slash at its end. */
    String allow(String path) {
        Set<String> allowed = new TreeSet<>(Set.of("OPTIONS"));
        methodsByPath().forEach((pattern, methods) -> {
            if (pattern.matcher(path).matches()) {
                allowed.addAll(methods);
            }
        });
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        return String.join(", ", allowed);
    }

    private Map<Pattern, Set<String>> methodsByPath() {
        if (methodsByPath == null) {
            byte[] document = description.getDocument(OpenApiConstants.DEFAULT_DOCUMENT_NAME, Format.JSON);
            JsonObject paths = new JsonObject(Buffer.buffer(document)).getJsonObject("paths");
            methodsByPath = paths.fieldNames().stream()
                    .collect(Collectors.toMap(AllowedMethods::pattern, path -> methods(paths.getJsonObject(path))));
        }
        return methodsByPath;
    }

    private static Set<String> methods(JsonObject pathItem) {
        return pathItem.fieldNames().stream()
                .map(field -> field.toUpperCase(Locale.ROOT))
                .filter(METHODS::contains)
                .collect(Collectors.toSet());
    }

    private static Pattern pattern(String path) {
        return Pattern.compile(path.replaceAll("/$", "").replaceAll("\\{[^/]*}", "[^/]+") + "/?");
    }
}
