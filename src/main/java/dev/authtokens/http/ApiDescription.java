package dev.authtokens.http;

import dev.authtokens.access.Access;
import dev.authtokens.problem.GenericResponse;
import dev.authtokens.problem.ProblemCode;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.Paths;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.AnnotationTarget;
import org.jboss.jandex.DotName;
import org.jboss.jandex.IndexView;
import org.jboss.jandex.MethodInfo;

/**
 * Completes the OpenAPI document with what is the same for every operation: the tracing headers, who may call it (from
 * {@link Access}), and the errors. An operation describes only what is its own.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class ApiDescription implements OASFilter {

    static final String SCHEME = "AuthorizationHeaderToken";
    static final String BEARER = "BearerToken";
    static final String BASIC = "BasicCredentials";

    private static final DotName OPERATION =
            DotName.createSimple(org.eclipse.microprofile.openapi.annotations.Operation.class);
    private static final DotName ACCESS = DotName.createSimple(Access.class);

    private final IndexView index;

    public ApiDescription(IndexView index) {
        this.index = index;
    }

    @Override
    public void filterOpenAPI(OpenAPI document) {
        document.setInfo(OASFactory.createInfo()
                .title("auth-tokens")
                .version("4.0.0")
                .description("Log in with e-mail and password, get a token; log out, and the token is dead.")
                .license(OASFactory.createLicense()
                        .name("Apache 2.0")
                        .url("https://www.apache.org/licenses/LICENSE-2.0")));
        document.setTags(List.of(
                OASFactory.createTag().name("auth tokens").description("Log in and out, and see where."),
                OASFactory.createTag().name("audit").description("What happened."),
                OASFactory.createTag().name("checks").description("Ask about tokens, for programs and proxies."),
                OASFactory.createTag().name("info").description("About the installation."),
                OASFactory.createTag().name("users").description("Accounts of people and programs.")));
        document.getComponents()
                .addSecurityScheme(
                        SCHEME,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.APIKEY)
                                .in(SecurityScheme.In.HEADER)
                                .name("Authorization")
                                .description("The header's whole value: `giantswarm <token>`."))
                .addSecurityScheme(
                        BEARER,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme("bearer")
                                .description("The token alone, as the login returned it; sent as `Bearer <token>`."))
                .addSecurityScheme(
                        BASIC,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme("basic")
                                .description("E-mail address and password of an account for a program."));
        headers().forEach((name, header) -> document.getComponents().addParameter(name, header));
        document.setPaths(withSlashAtTheEnd(document.getPaths()));
        Map<String, Access.Who> access = accessByOperationId();
        document.getPaths().getPathItems().values().stream()
                .flatMap(item -> item.getOperations().values().stream())
                .forEach(operation -> complete(operation, access.get(operation.getOperationId())));
    }

    /** As the contract writes them; the framework leaves it out, and serves both. */
    private static Paths withSlashAtTheEnd(Paths paths) {
        Paths written = OASFactory.createPaths();
        paths.getPathItems()
                .forEach((path, item) -> written.addPathItem(path.startsWith("/v4/") ? path + "/" : path, item));
        return written;
    }

    private static void complete(Operation operation, Access.Who who) {
        headers()
                .keySet()
                .forEach(name ->
                        operation.addParameter(OASFactory.createParameter().ref(name)));
        APIResponses responses = operation.getResponses();
        if (who == Access.Who.ANYONE) {
            operation.setSecurity(List.of());
        } else {
            Stream.of(SCHEME, BEARER)
                    .forEach(scheme -> operation.addSecurityRequirement(
                            OASFactory.createSecurityRequirement().addScheme(scheme)));
            add(responses, ProblemCode.PERMISSION_DENIED);
        }
        if (who == Access.Who.INTROSPECTOR) {
            operation.addSecurityRequirement(
                    OASFactory.createSecurityRequirement().addScheme(BASIC));
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
            body.setExample(Map.of("code", example.code(), "message", example.message()));
        }
        return OASFactory.createContent().addMediaType("application/json", body);
    }

    private static Map<String, Parameter> headers() {
        Map<String, Parameter> headers = new LinkedHashMap<>();
        headers.put(
                "XRequestIDHeader",
                header(
                        RequestContextFilter.REQUEST_ID,
                        "An id of the request, 1 to 128 printable characters; echoed, or made."));
        headers.put(
                "XGiantSwarmActivityHeader",
                header(RequestContextFilter.ACTIVITY, "What the request is for, like \"list-clusters\"."));
        headers.put(
                "XGiantSwarmCmdLineHeader",
                header(
                        RequestContextFilter.COMMAND_LINE,
                        "The command line that caused the request; secrets are redacted."));
        return headers;
    }

    private static Parameter header(String name, String description) {
        return OASFactory.createParameter()
                .name(name)
                .in(Parameter.In.HEADER)
                .required(false)
                .description(description)
                .schema(OASFactory.createSchema().addType(Schema.SchemaType.STRING));
    }

    private Map<String, Access.Who> accessByOperationId() {
        return index.getAnnotations(ACCESS).stream()
                .map(AnnotationInstance::target)
                .map(AnnotationTarget::asMethod)
                .filter(ApiDescription::isDescribed)
                // An index can hold a class twice.
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
