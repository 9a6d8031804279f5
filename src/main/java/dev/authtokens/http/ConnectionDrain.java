package dev.authtokens.http;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Lets clients that keep their connections go elsewhere while the service waits to stop ({@code quarkus.shutdown.delay}): each
 * is told with its next answer that the connection ends (RFC 9112, section 9.6). Else it would end under a request.
 */
@ApplicationScoped
class ConnectionDrain {

    /** After the answer has its id, and before whatever gives one. */
    private static final int ORDER = Integer.MIN_VALUE + 2;

    private volatile Router router;

    void keep(@Observes Router started) {
        router = started;
    }

    void begin(@Observes ShutdownDelayInitiatedEvent stop) {
        router.route().order(ORDER).handler(ConnectionDrain::close);
    }

    private static void close(RoutingContext context) {
        context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        context.addEndHandler(ended -> context.request().connection().close());
        context.next();
    }
}
