package dev.authtokens.http;

import dev.authtokens.access.Access;
import dev.authtokens.problem.GenericResponse;
import dev.authtokens.problem.ProblemCode;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.Paths;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.AnnotationTarget;
import org.jboss.jandex.DotName;
import org.jboss.jandex.IndexView;
import org.jboss.jandex.MethodInfo;

/**
 * Completes every operation of the OpenAPI document with what annotations would have to repeat on each: the tracing headers,
 * the security schemes (from {@link Access}) and the errors. What concerns the API as a whole is in {@code
 * META-INF/openapi.yaml}.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class ApiDescription implements OASFilter {

    private static final List<String> TOKEN_SCHEMES = List.of("AuthorizationHeaderToken", "BearerToken");
    private static final String BASIC_SCHEME = "BasicCredentials";
    private static final List<String> TRACING_HEADERS =
            List.of("XRequestIDHeader", "XGiantSwarmActivityHeader", "XGiantSwarmCmdLineHeader");

    private static final DotName OPERATION =
            DotName.createSimple(org.eclipse.microprofile.openapi.annotations.Operation.class);
    private static final DotName ACCESS = DotName.createSimple(Access.class);

    private final IndexView index;

    public ApiDescription(IndexView index) {
        this.index = index;
    }

    @Override
    public void filterOpenAPI(OpenAPI document) {
        document.setPaths(withSlashAtTheEnd(document.getPaths()));
        Map<String, Access.Who> access = accessByOperationId();
        document.getPaths().getPathItems().values().stream()
                .flatMap(item -> item.getOperations().values().stream())
                .forEach(operation -> complete(operation, access.get(operation.getOperationId())));
    }

    /** The contract's paths end in a slash, which the framework leaves out here; it serves both forms. */
    private static Paths withSlashAtTheEnd(Paths paths) {
        Paths written = OASFactory.createPaths();
        paths.getPathItems()
                .forEach((path, item) -> written.addPathItem(path.startsWith("/v4/") ? path + "/" : path, item));
        return written;
    }

    private static void complete(Operation operation, Access.Who who) {
        TRACING_HEADERS.forEach(
                name -> operation.addParameter(OASFactory.createParameter().ref(name)));
        APIResponses responses = operation.getResponses();
        if (who == Access.Who.ANYONE) {
            operation.setSecurity(List.of());
        } else {
            TOKEN_SCHEMES.forEach(scheme -> operation.addSecurityRequirement(
                    OASFactory.createSecurityRequirement().addScheme(scheme)));
            add(responses, ProblemCode.PERMISSION_DENIED);
        }
        if (who == Access.Who.INTROSPECTOR) {
            operation.addSecurityRequirement(
                    OASFactory.createSecurityRequirement().addScheme(BASIC_SCHEME));
        }
        if (who != Access.Who.ANYONE && who != Access.Who.BEARER) {
            add(responses, ProblemCode.FORBIDDEN);
        }
        if (operation.getParameters().stream().anyMatch(parameter -> parameter.getIn() == Parameter.In.PATH)) {
            add(responses, ProblemCode.FORBIDDEN);
            add(responses, ProblemCode.RESOURCE_NOT_FOUND);
        }
        if (operation.getRequestBody() != null) {
            add(responses, ProblemCode.INVALID_INPUT);
            add(responses, ProblemCode.PAYLOAD_TOO_LARGE);
            add(responses, ProblemCode.UNSUPPORTED_MEDIA_TYPE);
        }
        add(responses, ProblemCode.INTERNAL_ERROR);
        add(responses, ProblemCode.NOT_YET_AVAILABLE);
        responses.getAPIResponses().forEach((status, answer) -> {
            if (!status.startsWith("2") && answer.getContent() == null) {
                answer.setContent(problemContent(null));
            }
        });
    }

    private static void add(APIResponses responses, ProblemCode code) {
        String status = String.valueOf(code.status());
        if (!responses.hasAPIResponse(status)) {
            responses.addAPIResponse(
                    status,
                    OASFactory.createAPIResponse()
                            .description("`" + code.code() + "`: " + code.message())
                            .content(problemContent(code)));
        }
    }

    private static Content problemContent(ProblemCode example) {
        String name = GenericResponse.class
                .getAnnotation(org.eclipse.microprofile.openapi.annotations.media.Schema.class)
                .name();
        var body = OASFactory.createMediaType().schema(OASFactory.createSchema().ref(name));
        if (example != null) {
            // In one order, so that two builds give the same document.
            body.setExample(new TreeMap<>(Map.of("code", example.code(), "message", example.message())));
        }
        return OASFactory.createContent().addMediaType("application/json", body);
    }

    private Map<String, Access.Who> accessByOperationId() {
        return index.getAnnotations(ACCESS).stream()
                .map(AnnotationInstance::target)
                .map(AnnotationTarget::asMethod)
                .filter(ApiDescription::isDescribed)
                // The index can contain a class twice.
                .collect(Collectors.toMap(ApiDescription::operationId, ApiDescription::who, (one, same) -> one));
    }

    private static boolean isDescribed(MethodInfo method) {
        return method.hasAnnotation(OPERATION) && method.annotation(OPERATION).value("operationId") != null;
    }

    private static String operationId(MethodInfo method) {
        return method.annotation(OPERATION).value("operationId").asString();
    }

    private static Access.Who who(MethodInfo method) {
        return Access.Who.valueOf(method.annotation(ACCESS).value().asEnum());
    }
}
