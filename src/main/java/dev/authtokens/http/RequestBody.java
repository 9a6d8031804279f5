package dev.authtokens.http;

import dev.authtokens.ServiceConfig;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;

/**
 * Takes in the whole body of a request, 16 KiB at most, before anybody looks at it. The framework would have a worker thread
 * wait for it, and a few hundred clients that send slowly would hold them all; on the event loop none waits.
 */
@Singleton
class RequestBody {

    static final int MAX_BODY = 16 * 1024;

    /** After the request context, before everything that reads a body. */
    private static final int ORDER = -500;

    private final Duration timeout;

    RequestBody(ServiceConfig config) {
        this.timeout = config.http().requestTimeout();
    }

    void register(@Observes Router router) {
        router.route().order(ORDER).handler(this::read);
    }

    private void read(RoutingContext context) {
        String length = context.request().getHeader(HttpHeaders.CONTENT_LENGTH);
        // The HTTP decoder lets decimal digits through only; more than nine of them are too many anyway.
        if (length != null && (length.length() > 9 || Integer.parseInt(length) > MAX_BODY)) {
            context.fail(ProblemCode.PAYLOAD_TOO_LARGE.status());
        } else if (mayHaveBody(context.request(), length)) {
            new Reader(context).start();
        } else {
            context.next();
        }
    }

    private static boolean mayHaveBody(HttpServerRequest request, String length) {
        return length != null || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }

    private final class Reader {

        private final RoutingContext context;
        private final Buffer body = Buffer.buffer();
        private long timer;
        private boolean done;

        Reader(RoutingContext context) {
            this.context = context;
        }

        void start() {
            HttpServerRequest request = context.request();
            if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))
                    && request.version() != HttpVersion.HTTP_1_0) {
                context.response().writeContinue();
            }
            timer = context.vertx()
                    .setTimer(timeout.toMillis(), late -> fail(new Problem(ProblemCode.REQUEST_TIMEOUT)));
            // The client went away, or what it sends is no HTTP any more: nobody is left to be answered.
            request.exceptionHandler(gone -> isFirstEnd())
                    .handler(this::add)
                    .endHandler(end -> finish())
                    .resume();
        }

        private void add(Buffer part) {
            if (body.length() + part.length() <= MAX_BODY) {
                body.appendBuffer(part);
            } else {
                fail(new Problem(ProblemCode.PAYLOAD_TOO_LARGE));
            }
        }

        private void finish() {
            if (isFirstEnd()) {
                ((RoutingContextInternal) context).setBody(body);
                try {
                    Form.read(context.request(), body);
                } catch (Problem unreadable) {
                    context.fail(unreadable);
                    return;
                }
                context.next();
            }
        }

        private void fail(Problem problem) {
            if (isFirstEnd()) {
                context.request().handler(null);
                context.fail(problem);
            }
        }

        private boolean isFirstEnd() {
            boolean first = !done;
            done = true;
            context.vertx().cancelTimer(timer);
            return first;
        }
    }
}
