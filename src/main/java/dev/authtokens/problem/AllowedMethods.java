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
                methods.forEach(method -> allowed.add(method.toUpperCase(Locale.ROOT)));
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
                    .collect(Collectors.toMap(
                            AllowedMethods::pattern,
                            path -> Set.copyOf(paths.getJsonObject(path).fieldNames())));
        }
        return methodsByPath;
    }

    private static Pattern pattern(String path) {
        return Pattern.compile(path.replaceAll("/$", "").replaceAll("\\{[^/]*}", "[^/]+") + "/?");
    }
}
