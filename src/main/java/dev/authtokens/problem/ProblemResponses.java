package dev.authtokens.problem;

import static io.vertx.core.http.HttpHeaders.CLOSE;
import static io.vertx.core.http.HttpHeaders.CONNECTION;
import static io.vertx.core.http.HttpHeaders.EXPECT;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.Json;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.RollbackException;
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
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * Renders every failure as {@code {"code", "message"}} in JSON: a {@link Problem}, an exception of the framework, or an
 * unforeseen one, which is logged. Under {@code /oauth2/} the body also has {@code error} and {@code error_description}.
 */
@ApplicationScoped
public class ProblemResponses {

    /** Request property: a 401 also asks for HTTP Basic, for clients that send a password only when asked (RFC 9110, 11.6.1). */
    public static final String BASIC_CHALLENGE = "auth-tokens.basic-challenge";

    private static final String CHALLENGE = "giantswarm realm=\"auth-tokens\"";
    private static final String BASIC = "Basic realm=\"auth-tokens\", charset=\"UTF-8\"";
    private static final String OAUTH = "/oauth2/";
    private static final String INVALID_TOKEN = "invalid_token";

    /** RFC 6750, section 3. */
    private static final String BEARER = "Bearer realm=\"auth-tokens\", error=\"" + INVALID_TOKEN + "\"";

    private static final Logger LOG = Logger.getLogger(ProblemResponses.class);
    private static final Duration UNAVAILABLE_RETRY = Duration.ofSeconds(1);

    private final AllowedMethods allowedMethods;

    ProblemResponses(AllowedMethods allowedMethods) {
        this.allowedMethods = allowedMethods;
    }

    /** Also replaces the framework's mappers of these, whose answers show our class names, or have no body. */
    @ServerExceptionMapper({
        Throwable.class,
        WebApplicationException.class,
        MismatchedInputException.class,
        InvalidDefinitionException.class
    })
    Response map(Throwable failure, ContainerRequestContext request) {
        Problem problem = problemOf(failure);
        String path = request.getUriInfo().getPath();
        GenericResponse body = body(problem, path, request.getHeaderString(HttpHeaders.AUTHORIZATION));
        Response.ResponseBuilder response = Response.status(problem.code().status())
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(body);
        headers(problem).forEach(response::header);
        if (INVALID_TOKEN.equals(body.error())) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, BEARER);
        }
        if (problem.code().status() == 401 && request.getProperty(BASIC_CHALLENGE) != null) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, BASIC);
        }
        if (failure instanceof NotAllowedException) {
            response.header(HttpHeaders.ALLOW, allowedMethods.allow(path));
        }
        return response.build();
    }

    /** Answers a failure outside of the resources: a body over the limit, a broken request, another extension's route. */
    public static void fail(RoutingContext context) {
        if (context.response().headWritten() || context.response().ended()) {
            context.response().reset();
            return;
        }
        Problem problem = problemOf(context);
        HttpServerRequest request = context.request();
        GenericResponse body = body(problem, request.path(), request.getHeader(HttpHeaders.AUTHORIZATION));
        headers(problem).forEach(context.response()::putHeader);
        boolean isTooLarge = problem.code() == ProblemCode.PAYLOAD_TOO_LARGE;
        boolean isLate = problem.code() == ProblemCode.REQUEST_TIMEOUT;
        if (isTooLarge || isLate || request.decoderResult().isFailure()) {
            // The end of this request is not known, so no other can follow it (RFC 9110, sections 15.5.9 and 15.5.14).
            context.response().putHeader(CONNECTION, CLOSE);
        }
        Future<Void> sent = context.response()
                .setStatusCode(problem.code().status())
                .putHeader(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON)
                .end(Json.encode(body));
        if (isTooLarge && !request.headers().contains(EXPECT)) {
            // The client may read the answer only once it has sent its body, so the rest of that is discarded first.
            request.endHandler(done -> request.connection().close());
            request.resume();
        } else if (isTooLarge || isLate) {
            sent.onSuccess(done -> request.connection().close());
        }
    }

    private static Problem problemOf(RoutingContext context) {
        Throwable unreadable = context.request().decoderResult().cause();
        if (unreadable instanceof TooLongHttpLineException) {
            return new Problem(ProblemCode.URI_TOO_LONG);
        }
        if (unreadable instanceof TooLongHttpHeaderException) {
            return new Problem(ProblemCode.HEADERS_TOO_LARGE);
        }
        if (unreadable != null) {
            return new Problem(ProblemCode.INVALID_INPUT);
        }
        boolean isServerError = context.statusCode() < 0 || context.statusCode() >= 500;
        if (isServerError && context.failure() != null) {
            return problemOf(context.failure());
        }
        return new Problem(isServerError ? ProblemCode.INTERNAL_ERROR : ProblemCode.ofStatus(context.statusCode()));
    }

    private static Problem problemOf(Throwable throwable) {
        if (throwable instanceof UnrecognizedPropertyException) {
            return new Problem(ProblemCode.UNKNOWN_ATTRIBUTE);
        }
        if (throwable instanceof MismatchedInputException) {
            return new Problem(ProblemCode.INVALID_INPUT, "The request body is not the JSON object that is expected.");
        }
        // Those of Jackson are not about the connection: the answer could not be serialised.
        if (throwable instanceof IOException && !(throwable instanceof JacksonException)) {
            LOG.debug("The client closed the connection before the end of its request");
            return new Problem(ProblemCode.INVALID_INPUT);
        }
        for (Throwable cause = throwable; cause != null; cause = cause.getCause()) {
            if (cause instanceof Problem problem) {
                return problem;
            }
            if (cause instanceof WebApplicationException refused
                    && refused.getResponse().getStatus() < 500) {
                return new Problem(ProblemCode.ofStatus(refused.getResponse().getStatus()));
            }
            // Of a transaction that took too long: a commit that the database refused has its reason as a suppressed
            // one.
            boolean isTimeout =
                    cause instanceof RollbackException && cause.getCause() == null && cause.getSuppressed().length == 0;
            if (cause instanceof RejectedExecutionException || isTimeout) {
                return unavailable(cause);
            }
        }
        Optional<DatabaseFailure> database = DatabaseFailure.of(throwable).filter(failure -> !failure.isBug());
        if (database.isPresent()) {
            return unavailable(database.get().exception());
        }
        LOG.error(
                "Answered 500 because of an unforeseen failure; the client was given the request id. This is a bug of the"
                        + " service: report it with the stack trace",
                throwable);
        return new Problem(ProblemCode.INTERNAL_ERROR);
    }

    private static Problem unavailable(Throwable reason) {
        LOG.warnf(
                "Answered 503, because the database or a worker thread is not available: %s. Clients try again; check"
                        + " the database and its connections",
                reason);
        return new Problem(ProblemCode.NOT_YET_AVAILABLE, UNAVAILABLE_RETRY);
    }

    private static GenericResponse body(Problem problem, String path, String authorization) {
        String error = path != null && path.startsWith(OAUTH) ? oauthError(problem.code(), authorization) : null;
        String message = problem.getMessage();
        return new GenericResponse(problem.code().code(), message, error, error == null ? null : message);
    }

    /** The error code that OAuth clients read (RFC 6749, sections 4.1.2.1 and 5.2; RFC 6750, section 3.1). */
    private static String oauthError(ProblemCode code, String authorization) {
        boolean sentToken = authorization != null && !authorization.strip().regionMatches(true, 0, "basic", 0, 5);
        return switch (code) {
            case INVALID_CREDENTIALS, ACCOUNT_EXPIRED -> "invalid_client";
            case PERMISSION_DENIED -> sentToken ? INVALID_TOKEN : "invalid_client";
            case FORBIDDEN -> "insufficient_scope";
            case TOO_MANY_REQUESTS, NOT_YET_AVAILABLE -> "temporarily_unavailable";
            case INTERNAL_ERROR -> "server_error";
            default -> "invalid_request";
        };
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
