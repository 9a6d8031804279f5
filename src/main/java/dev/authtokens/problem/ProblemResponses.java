package dev.authtokens.problem;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * Renders every failure as {@code {"code", "message"}} in JSON: a {@link Problem}, an exception of the framework, or an
 * unforeseen one, which is logged.
 */
@ApplicationScoped
public class ProblemResponses {

    /** Request property: a 401 also asks for HTTP Basic, for clients that send a password only when asked (RFC 9110, 11.6.1). */
    public static final String BASIC_CHALLENGE = "auth-tokens.basic-challenge";

    /** RFC 9110, section 11.6.1. */
    static final String CHALLENGE = "giantswarm realm=\"auth-tokens\"";

    private static final String BASIC = "Basic realm=\"auth-tokens\", charset=\"UTF-8\"";

    private static final Logger LOG = Logger.getLogger(ProblemResponses.class);
    private static final Duration UNAVAILABLE_RETRY = Duration.ofSeconds(1);

    private final AllowedMethods allowedMethods;

    ProblemResponses(AllowedMethods allowedMethods) {
        this.allowedMethods = allowedMethods;
    }

    @ServerExceptionMapper
    Response ours(Problem problem, ContainerRequestContext request) {
        Response.ResponseBuilder response = render(problem);
        if (problem.code().status() == 401 && request.getProperty(BASIC_CHALLENGE) != null) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, BASIC);
        }
        return response.build();
    }

    @ServerExceptionMapper
    Response frameworks(WebApplicationException exception, ContainerRequestContext request) {
        Response framework = exception.getResponse();
        if (framework.getStatus() >= 500) {
            return unforeseen(exception, request);
        }
        Problem problem = causeOf(exception).orElseGet(() -> new Problem(ProblemCode.ofStatus(framework.getStatus())));
        Response.ResponseBuilder response = render(problem);
        if (exception instanceof NotAllowedException) {
            response.header(
                    HttpHeaders.ALLOW, allowedMethods.allow(request.getUriInfo().getPath()));
        }
        return response.build();
    }

    /** The framework has a mapper of its own for this one, which shows the client our class names. */
    @ServerExceptionMapper
    Response unreadable(MismatchedInputException exception) {
        if (exception instanceof UnrecognizedPropertyException) {
            return render(new Problem(ProblemCode.UNKNOWN_ATTRIBUTE)).build();
        }
        return render(causeOf(exception)
                        .orElseGet(() -> new Problem(
                                ProblemCode.INVALID_INPUT,
                                "The request body is not the JSON object that is expected.")))
                .build();
    }

    /** The framework has a mapper of its own for the second, whose answer is empty. */
    @ServerExceptionMapper({Throwable.class, InvalidDefinitionException.class})
    Response unforeseen(Throwable throwable, ContainerRequestContext request) {
        return ours(problemOf(throwable), request);
    }

    /** Answers a failure outside of the resources: a body over the limit, a broken request, another extension's route. */
    public static void fail(RoutingContext context) {
        if (context.response().headWritten() || context.response().ended()) {
            context.response().reset();
            return;
        }
        Throwable failure = context.failure();
        boolean serverError = context.statusCode() < 0 || context.statusCode() >= 500;
        Problem problem = failure != null && serverError
                ? problemOf(failure)
                : new Problem(ProblemCode.ofStatus(serverError ? 500 : context.statusCode()));
        if (problem.code() == ProblemCode.PAYLOAD_TOO_LARGE) {
            // The rest of the body is discarded, and then the connection is closed.
            HttpServerRequest request = context.request();
            request.endHandler(done -> request.connection().close());
            request.resume();
        }
        headers(problem).forEach(context.response()::putHeader);
        context.response()
                .setStatusCode(problem.code().status())
                .putHeader(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON)
                .end(new JsonObject()
                        .put("code", problem.code().code())
                        .put("message", problem.getMessage())
                        .encode())
                .onSuccess(sent -> {
                    if (problem.code() == ProblemCode.REQUEST_TIMEOUT) {
                        // RFC 9110, section 15.5.9.
                        context.request().connection().close();
                    }
                });
    }

    /** The problem that a library wrapped, such as the JSON parser that a body over the limit stops. */
    private static Optional<Problem> causeOf(Throwable throwable) {
        return Stream.iterate(throwable, cause -> cause != null, Throwable::getCause)
                .filter(Problem.class::isInstance)
                .map(Problem.class::cast)
                .findFirst();
    }

    private static Problem problemOf(Throwable throwable) {
        for (Throwable cause = throwable; cause != null; cause = cause.getCause()) {
            if (cause instanceof Problem problem) {
                return problem;
            }
            if (cause instanceof WebApplicationException refused
                    && refused.getResponse().getStatus() < 500) {
                return new Problem(ProblemCode.ofStatus(refused.getResponse().getStatus()));
            }
            if (cause instanceof RejectedExecutionException) {
                return unavailable(cause);
            }
            // Those of Jackson are not about the connection: the answer could not be serialised.
            if (cause instanceof IOException && !(cause instanceof JacksonException) && cause == throwable) {
                LOG.debug("The client closed the connection before the end of its request");
                return new Problem(ProblemCode.INVALID_INPUT);
            }
        }
        Optional<DatabaseFailure> database = DatabaseFailure.of(throwable).filter(failure -> !failure.isBug());
        if (database.isPresent()) {
            return unavailable(database.get().exception());
        }
        LOG.error("Answered 500 because of an unforeseen failure; the client was given the request id", throwable);
        return new Problem(ProblemCode.INTERNAL_ERROR);
    }

    private static Problem unavailable(Throwable reason) {
        LOG.warnf(
                "Answered 503, because the database or a worker thread is not available: %s. Clients try again; check"
                        + " the database and its connections",
                reason);
        return new Problem(ProblemCode.NOT_YET_AVAILABLE, UNAVAILABLE_RETRY);
    }

    private static Response.ResponseBuilder render(Problem problem) {
        Response.ResponseBuilder response = Response.status(problem.code().status())
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new GenericResponse(problem.code().code(), problem.getMessage()));
        headers(problem).forEach(response::header);
        return response;
    }

    private static Map<String, String> headers(Problem problem) {
        Map<String, String> headers = new HashMap<>();
        if (problem.code().status() == 401) {
            headers.put(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE);
        }
        problem.retryAfter()
                .map(after -> String.valueOf(after.plusMillis(999).toSeconds()))
                .ifPresent(seconds -> headers.put(HttpHeaders.RETRY_AFTER, seconds));
        return headers;
    }
}
