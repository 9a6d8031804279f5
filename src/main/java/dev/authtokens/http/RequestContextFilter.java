package dev.authtokens.http;

import dev.authtokens.audit.Redactor;
import dev.authtokens.audit.RequestOrigin;
import dev.authtokens.database.DatabaseClock;
import dev.authtokens.problem.ProblemResponses;
import io.netty.handler.codec.DateFormatter;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jboss.logging.MDC;

/**
 * Gives every request an id, which the answer repeats, and sets the context of log and audit log, also for requests that reach
 * no resource.
 */
@ApplicationScoped
public class RequestContextFilter {

    public static final String REQUEST_ID = "X-Request-ID";
    public static final String ACTIVITY = "X-Giant-Swarm-Activity";
    public static final String COMMAND_LINE = "X-Giant-Swarm-CmdLine";

    private static final Pattern ACCEPTED_REQUEST_ID = Pattern.compile("[\\x20-\\x7e]{1,128}");
    private static final int MAX_ACTIVITY = 128;
    private static final int MAX_COMMAND_LINE = 1024;
    private static final int MAX_USER_AGENT = 256;

    private final ClientAddress clientAddress;
    private final DatabaseClock clock;

    RequestContextFilter(ClientAddress clientAddress, DatabaseClock clock) {
        this.clientAddress = clientAddress;
        this.clock = clock;
    }

    /** Also as a failure handler, since a request that is refused before any route only passes those. */
    void register(@Observes Router router) {
        router.route().order(RouteOrder.REQUEST_CONTEXT).handler(this::handle);
        router.route().order(RouteOrder.REQUEST_CONTEXT).failureHandler(this::handle);
        router.route().order(RouteOrder.FAILURES).failureHandler(ProblemResponses::fail);
        router.route().order(RouteOrder.UNREADABLE).handler(UnreadableRequests::refuse);
    }

    private void handle(RoutingContext context) {
        if (context.response().headers().contains(REQUEST_ID)) {
            context.next();
            return;
        }
        MultiMap request = context.request().headers();
        String requestId = requestId(request.get(REQUEST_ID));
        Optional<TraceParent> trace = TraceParent.parse(request.get(TraceParent.HEADER));
        RequestOrigin origin = new RequestOrigin(
                null,
                requestId,
                trace.map(TraceParent::traceId).orElse(null),
                clean(request.get(ACTIVITY), MAX_ACTIVITY),
                clean(request.get(COMMAND_LINE), MAX_COMMAND_LINE),
                clientAddress.of(context.request()),
                clean(request.get(HttpHeaders.USER_AGENT), MAX_USER_AGENT));
        origin.setForRequest();
        putIntoLog("requestId", requestId);
        putIntoLog("traceId", origin.traceId());
        putIntoLog("spanId", trace.map(TraceParent::spanId).orElse(null));
        putIntoLog("activity", origin.activity());
        putIntoLog("commandLine", origin.commandLine());

        context.response().headers().set(REQUEST_ID, requestId);
        context.response().headers().set(HttpHeaders.DATE, DateFormatter.format(Date.from(clock.now())));
        SecurityHeaders.write(context);
        context.next();
    }

    private static String requestId(String sent) {
        boolean accepted =
                sent != null && ACCEPTED_REQUEST_ID.matcher(sent).matches() && sent.equals(Redactor.redact(sent));
        return accepted ? sent : UUID.randomUUID().toString();
    }

    private static String clean(String sent, int maxLength) {
        return sent == null ? null : Redactor.clean(sent, maxLength);
    }

    private static void putIntoLog(String key, String value) {
        if (value != null) {
            MDC.put(key, value);
        }
    }
}
