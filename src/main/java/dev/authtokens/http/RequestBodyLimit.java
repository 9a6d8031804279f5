package dev.authtokens.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Reads bodies on the event loop, so that a slow client holds no thread, and refuses those of more than 16 KiB. */
@ApplicationScoped
public class RequestBodyLimit {

    static final int MAX_BODY = 16 * 1024;

    /** After the request context, before everything that reads a body. */
    private static final int ORDER = -500;

    private static final Buffer BLANK = Buffer.buffer(" ");

    void register(@Observes Router router) {
        router.route().order(ORDER).handler(BodyHandler.create(false).setBodyLimit(MAX_BODY));
        router.route().order(ORDER + 1).handler(RequestBodyLimit::fillEmptyBody);
    }

    /** The REST layer would wait for a body that was read and is empty; to JSON a blank is as good as nothing. */
    private static void fillEmptyBody(RoutingContext context) {
        if (context.body().buffer() == null) {
            ((RoutingContextInternal) context).setBody(BLANK);
        }
        context.next();
    }
}
