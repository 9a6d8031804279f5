package dev.authtokens.problem;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
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
import java.util.concurrent.RejectedExecutionException;
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
        Response.ResponseBuilder response = render(new Problem(ProblemCode.ofStatus(framework.getStatus())));
        if (exception instanceof NotAllowedException) {
            response.header(HttpHeaders.ALLOW, allowedMethods.allow(request.getPath()));
        }
        return response.build();
    }

    /** The second class is named because the framework has a mapper of its own for it. */
    @ServerExceptionMapper({JacksonException.class, MismatchedInputException.class})
    Response unreadable() {
        return render(new Problem(
                        ProblemCode.INVALID_INPUT, "The request body is not the JSON object that is expected."))
                .build();
    }

    @ServerExceptionMapper
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
            // The rest of the body is not read.
            context.response().putHeader("Connection", "close");
        }
        context.response()
                .setStatusCode(problem.code().status())
                .putHeader(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON)
                .end(new JsonObject()
                        .put("code", problem.code().code())
                        .put("message", problem.getMessage())
                        .encode());
    }

    private static Problem problemOf(Throwable throwable) {
        for (Throwable cause = throwable; cause != null; cause = cause.getCause()) {
            if (cause instanceof Problem problem) {
                return problem;
            }
            if (cause instanceof RejectedExecutionException || isDatabaseGone(cause)) {
                LOG.warnf("Not available: %s", cause);
                return new Problem(ProblemCode.NOT_YET_AVAILABLE, UNAVAILABLE_RETRY);
            }
            if (cause instanceof IOException && cause == throwable) {
                LOG.debugf(cause, "The client broke off its request");
                return new Problem(ProblemCode.INVALID_INPUT);
            }
        }
        LOG.error("Unforeseen failure of a request", throwable);
        return new Problem(ProblemCode.INTERNAL_ERROR);
    }

    /** PostgreSQL's classes 08 (connection), 53 (resources) and 57 (operator intervention), and a pool without a free connection. */
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
                : state.startsWith("08") || state.startsWith("53") || state.startsWith("57");
    }

    private static Response.ResponseBuilder render(Problem problem) {
        Response.ResponseBuilder response = Response.status(problem.code().status())
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new GenericResponse(problem.code().code(), problem.getMessage()));
        if (problem.code().status() == 401) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE);
        }
        problem.retryAfter()
                .ifPresent(after -> response.header(
                        HttpHeaders.RETRY_AFTER, after.plusMillis(999).toSeconds()));
        return response;
    }
}
