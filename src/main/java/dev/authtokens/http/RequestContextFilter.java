package dev.authtokens.http;

import dev.authtokens.audit.Origin;
import dev.authtokens.audit.Redactor;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jboss.logging.MDC;

/**
 * Gives every request an id, echoes it on the answer, and notes for log and audit trail where the request comes from.
 * It runs first of all on the event loop, so that even an answer that no resource gives has them.
 */
@ApplicationScoped
public class RequestContextFilter {

    public static final String REQUEST_ID = "X-Request-ID";
    public static final String ACTIVITY = "X-Giant-Swarm-Activity";
    public static final String COMMAND_LINE = "X-Giant-Swarm-CmdLine";

    /** Before everything else. */
    private static final int ORDER = Integer.MIN_VALUE;

    private static final Pattern ACCEPTED_REQUEST_ID = Pattern.compile("[\\x20-\\x7e]{1,128}");
    private static final int MAX_ACTIVITY = 128;
    private static final int MAX_COMMAND_LINE = 1024;
    private static final int MAX_USER_AGENT = 256;

    private final ClientAddress clientAddress;

    RequestContextFilter(ClientAddress clientAddress) {
        this.clientAddress = clientAddress;
    }

    /** Twice, since a request that is refused before it gets to any route comes by as a failure only. */
    void register(@Observes Router router) {
        router.route().order(ORDER).handler(this::handle);
        router.route().order(ORDER).failureHandler(this::handle);
    }

    private void handle(RoutingContext context) {
        if (context.response().headers().contains(REQUEST_ID)) {
            context.next();
            return;
        }
        MultiMap request = context.request().headers();
        String requestId = requestId(request.get(REQUEST_ID));
        Origin origin = new Origin(
                null,
                requestId,
                clean(request.get(ACTIVITY), MAX_ACTIVITY),
                clean(request.get(COMMAND_LINE), MAX_COMMAND_LINE),
                clientAddress.of(context.request()),
                clean(request.get(HttpHeaders.USER_AGENT), MAX_USER_AGENT));
        origin.ofRequest();
        putIntoLog("requestId", requestId);
        putIntoLog("activity", origin.activity());
        putIntoLog("commandLine", origin.commandLine());

        context.response().headers().set(REQUEST_ID, requestId);
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
