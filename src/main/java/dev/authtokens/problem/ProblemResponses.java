package dev.authtokens.problem;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Renders every failure, ours, the framework's or unforeseen, as the one error answer that clients know. */
@ApplicationScoped
public class ProblemResponses {

    /** RFC 9110, section 11.6.1: what a 401 tells about how to authenticate. */
    static final String CHALLENGE = "giantswarm realm=\"auth-tokens\"";

    private static final Logger LOG = Logger.getLogger(ProblemResponses.class);
    /** Right after the request got its id, before the framework's own. */
    private static final int FIRST_FAILURE_HANDLER = Integer.MIN_VALUE + 1;

    private static final Set<String> UNAVAILABLE = Set.of("08", "25006", "40", "53", "54", "57");
    private static final Duration UNAVAILABLE_RETRY = Duration.ofSeconds(1);

    private final AllowedMethods allowedMethods;

    ProblemResponses(AllowedMethods allowedMethods) {
        this.allowedMethods = allowedMethods;
    }

    @ServerExceptionMapper
    Response ours(Problem problem) {
        return render(problem).build();
    }

    @ServerExceptionMapper
    Response frameworks(WebApplicationException exception, UriInfo request) {
        Response framework = exception.getResponse();
        if (framework.getStatus() >= 500) {
            return unforeseen(exception);
        }
        Problem problem = causeOf(exception).orElseGet(() -> new Problem(ProblemCode.ofStatus(framework.getStatus())));
        Response.ResponseBuilder response = render(problem);
        if (exception instanceof NotAllowedException) {
            response.header(HttpHeaders.ALLOW, allowedMethods.allow(request.getPath()));
        }
        return response.build();
    }

    /** The framework has a mapper of its own for this one, which shows the client our class names. */
    @ServerExceptionMapper
    Response unreadable(MismatchedInputException exception) {
        if (exception instanceof UnrecognizedPropertyException) {
            return ours(new Problem(ProblemCode.UNKNOWN_ATTRIBUTE));
        }
        return ours(causeOf(exception)
                .orElseGet(() -> new Problem(
                        ProblemCode.INVALID_INPUT, "The request body is not the JSON object that is expected.")));
    }

    /** The framework has a mapper of its own for the second, whose answer is empty. */
    @ServerExceptionMapper({Throwable.class, InvalidDefinitionException.class})
    Response unforeseen(Throwable throwable) {
        return render(problemOf(throwable)).build();
    }

    /** Failures outside of the resources: bodies over the limit, broken requests, other extensions' routes. */
    void onFailuresOfRoutes(@Observes Router router) {
        router.route().order(FIRST_FAILURE_HANDLER).failureHandler(ProblemResponses::fail);
    }

    private static void fail(RoutingContext context) {
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
            // What is still on its way is dropped unread, and then the connection ends.
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
                        // RFC 9110, section 15.5.9: the rest of it is not waited for.
                        context.request().connection().close();
                    }
                });
    }

    /** The problem that a library wrapped: a body over the limit stops its parser. */
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
            if (cause instanceof RejectedExecutionException || isDatabaseGone(cause)) {
                LOG.warnf("Not available: %s", cause);
                return new Problem(ProblemCode.NOT_YET_AVAILABLE, UNAVAILABLE_RETRY);
            }
            // Jackson's are none of the connection: our own answer could not be written.
            if (cause instanceof IOException && !(cause instanceof JacksonException) && cause == throwable) {
                LOG.debug("The client broke off its request");
                return new Problem(ProblemCode.INVALID_INPUT);
            }
        }
        LOG.error("Unforeseen failure of a request", throwable);
        return new Problem(ProblemCode.INTERNAL_ERROR);
    }

    /**
     * PostgreSQL's classes 08 (connection), 40 (rolled back, so that others can go on), 53 (resources), 54 (limits, such as
     * that of undelivered notifications) and 57 (operator intervention), 25006 (no longer the primary), and a pool without
     * a free connection.
     */
    private static boolean isDatabaseGone(Throwable cause) {
        if (cause instanceof SQLTransientException) {
            return true;
        }
        if (!(cause instanceof SQLException exception)) {
            return false;
        }
        String state = exception.getSQLState();
        return state == null
                ? exception.getMessage() != null && exception.getMessage().contains("Acquisition timeout")
                : UNAVAILABLE.stream().anyMatch(state::startsWith);
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
