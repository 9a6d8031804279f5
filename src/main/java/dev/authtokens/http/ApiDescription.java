package dev.authtokens.http;

import dev.authtokens.access.Access;
import dev.authtokens.problem.GenericResponse;
import dev.authtokens.problem.ProblemCode;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.PathItem.HttpMethod;
import org.eclipse.microprofile.openapi.models.Paths;
import org.eclipse.microprofile.openapi.models.media.MediaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.IndexView;

/**
 * Completes every operation of the OpenAPI document with what annotations would repeat on each: tracing headers, security
 * schemes (from {@link Access}), errors, headers of responses, and an example for every code that a description names.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class ApiDescription implements OASFilter {

    private static final String BEARER_TOKEN = "BearerToken";
    private static final String HEADER_TOKEN = "AuthorizationHeaderToken";
    private static final List<String> TRACING_HEADERS =
            List.of("XRequestIDHeader", "XGiantSwarmActivityHeader", "XGiantSwarmCmdLineHeader");

    /** Operations that can be answered while the database cannot be reached, if the token is known. */
    private static final Set<String> WITHOUT_DATABASE =
            Set.of("verifyAuthToken", "introspectToken", "createTokenReview", "getCurrentUser", "getInfo");

    /** In the order in which people need them: log in, list, create, change, delete. */
    private static final List<HttpMethod> METHODS =
            List.of(HttpMethod.POST, HttpMethod.GET, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

    private static final String GENERIC_RESPONSE = GenericResponse.class
            .getAnnotation(org.eclipse.microprofile.openapi.annotations.media.Schema.class)
            .name();

    /** A code in a description; at a success its text follows. */
    private static final Pattern CODE = Pattern.compile("`([A-Z_]+)`(?:: (.*))?", Pattern.DOTALL);

    private final IndexView index;

    public ApiDescription(IndexView index) {
        this.index = index;
    }

    @Override
    public void filterOpenAPI(OpenAPI document) {
        document.setPaths(withSlashAtTheEnd(document.getPaths()));
        Map<String, Access.Who> access = accessByOperationId();
        Map<String, Parameter> shared = document.getComponents().getParameters();
        for (PathItem item : document.getPaths().getPathItems().values()) {
            sort(item);
            for (Operation operation : item.getOperations().values()) {
                complete(operation, access.get(operation.getOperationId()));
                operation.setParameters(operation.getParameters().stream()
                        .map(parameter -> shared(parameter, shared))
                        .toList());
            }
        }
    }

    /** The contract's paths end in a slash, which the framework leaves out here; it serves both forms. */
    private static Paths withSlashAtTheEnd(Paths paths) {
        Paths written = OASFactory.createPaths();
        paths.getPathItems()
                .forEach((path, item) -> written.addPathItem(path.startsWith("/v4/") ? path + "/" : path, item));
        return written;
    }

    private static void sort(PathItem item) {
        Map<HttpMethod, Operation> operations = Map.copyOf(item.getOperations());
        METHODS.forEach(method -> item.setOperation(method, null));
        METHODS.forEach(method -> item.setOperation(method, operations.get(method)));
    }

    /** A parameter without a description of its own is described in the components. */
    private static Parameter shared(Parameter parameter, Map<String, Parameter> components) {
        return components.entrySet().stream()
                .filter(component -> parameter.getDescription() == null
                        && component.getValue().getIn() == parameter.getIn()
                        && component.getValue().getName().equals(parameter.getName()))
                .findFirst()
                .map(component -> OASFactory.createParameter().ref(component.getKey()))
                .orElse(parameter);
    }

    private static void complete(Operation operation, Access.Who who) {
        TRACING_HEADERS.forEach(
                name -> operation.addParameter(OASFactory.createParameter().ref(name)));
        operation.setSecurity(schemes(who).stream()
                .map(scheme -> OASFactory.createSecurityRequirement().addScheme(scheme))
                .toList());
        addErrors(operation, who);
        APIResponses responses = operation.getResponses();
        responses.getAPIResponses().forEach((status, answer) -> complete(Integer.parseInt(status), answer));
        if (WITHOUT_DATABASE.contains(operation.getOperationId())) {
            addHeader(responses.getAPIResponse("200"), StaleAnswer.HEADER);
        }
        responses.setAPIResponses(new TreeMap<>(responses.getAPIResponses()));
    }

    private static List<String> schemes(Access.Who who) {
        return switch (who) {
            case ANYONE -> List.of();
            case INTROSPECTOR -> List.of(BEARER_TOKEN, HEADER_TOKEN, "BasicCredentials");
            case BEARER, SIGNED_IN, ADMIN -> List.of(BEARER_TOKEN, HEADER_TOKEN);
        };
    }

    private static void addErrors(Operation operation, Access.Who who) {
        APIResponses responses = operation.getResponses();
        if (who != Access.Who.ANYONE) {
            add(responses, ProblemCode.PERMISSION_DENIED);
        }
        if (who != Access.Who.ANYONE && who != Access.Who.BEARER) {
            add(responses, ProblemCode.FORBIDDEN);
        }
        boolean creates = responses.hasAPIResponse("201");
        if (!creates && operation.getParameters().stream().anyMatch(given -> given.getIn() == Parameter.In.PATH)) {
            add(responses, ProblemCode.RESOURCE_NOT_FOUND);
        }
        if (operation.getRequestBody() != null) {
            add(responses, ProblemCode.INVALID_INPUT);
            add(responses, ProblemCode.REQUEST_TIMEOUT);
            add(responses, ProblemCode.PAYLOAD_TOO_LARGE);
            add(responses, ProblemCode.UNSUPPORTED_MEDIA_TYPE);
        }
        add(responses, ProblemCode.INTERNAL_ERROR);
        add(responses, ProblemCode.NOT_YET_AVAILABLE);
    }

    private static void add(APIResponses responses, ProblemCode code) {
        String status = String.valueOf(code.status());
        if (!responses.hasAPIResponse(status)) {
            responses.addAPIResponse(
                    status, OASFactory.createAPIResponse().description("`" + code.code() + "`: " + code.message()));
        }
    }

    private static void complete(int status, APIResponse answer) {
        addHeader(answer, "X-Request-ID");
        if (status == ProblemCode.PERMISSION_DENIED.status()) {
            addHeader(answer, "WWW-Authenticate");
        }
        if (status == ProblemCode.TOO_MANY_REQUESTS.status() || status == ProblemCode.NOT_YET_AVAILABLE.status()) {
            addHeader(answer, "Retry-After");
        }
        // Errors, and successes whose status the framework does not expect.
        if (answer.getContent() == null) {
            MediaType body = OASFactory.createMediaType()
                    .schema(OASFactory.createSchema().ref(GENERIC_RESPONSE));
            answer.setContent(OASFactory.createContent().addMediaType("application/json", body));
        }
        answer.getContent().getMediaTypes().values().stream()
                .filter(body -> String.valueOf(body.getSchema().getRef()).endsWith("/" + GENERIC_RESPONSE))
                .forEach(body -> addExamples(body, examples(status, answer.getDescription())));
    }

    private static void addHeader(APIResponse answer, String name) {
        answer.addHeader(name, OASFactory.createHeader().ref(name));
    }

    private static List<GenericResponse> examples(int status, String description) {
        Matcher code = CODE.matcher(description);
        if (status < 300) {
            return code.matches() ? List.of(new GenericResponse(code.group(1), code.group(2))) : List.of();
        }
        return Stream.of(ProblemCode.values())
                .filter(known -> known.status() == status && description.contains("`" + known.code() + "`"))
                .map(known -> new GenericResponse(known.code(), known.message()))
                .toList();
    }

    private static void addExamples(MediaType body, List<GenericResponse> examples) {
        // In one order, so that two builds give the same document.
        List<Map<String, String>> values = examples.stream()
                .map(example -> Map.of("code", example.code(), "message", example.message()))
                .<Map<String, String>>map(TreeMap::new)
                .toList();
        if (values.size() == 1) {
            body.setExample(values.get(0));
        } else {
            values.forEach(value -> body.addExample(
                    value.get("code"), OASFactory.createExample().value(value)));
        }
    }

    /** The name of a method is the id of its operation. */
    private Map<String, Access.Who> accessByOperationId() {
        Map<String, Access.Who> access = new HashMap<>();
        for (AnnotationInstance annotation : index.getAnnotations(Access.class)) {
            access.put(
                    annotation.target().asMethod().name(),
                    Access.Who.valueOf(annotation.value().asEnum()));
        }
        return access;
    }
}
