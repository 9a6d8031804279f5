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
 * Reads the whole body of a request, at most {@link #MAX_BODY} bytes, on the event loop before anything uses it. Quarkus REST
 * reads the body of a blocking resource on a worker thread, so a few hundred slow clients would hold all of them; its {@code
 * quarkus.http.read-timeout} applies only there.
 */
@Singleton
class RequestBody {

    static final int MAX_BODY = 16 * 1024;

    private final Duration timeout;

    RequestBody(ServiceConfig config) {
        this.timeout = config.http().requestTimeout();
    }

    void register(@Observes Router router) {
        router.route().order(RouteOrder.REQUEST_BODY).handler(this::read);
    }

    private void read(RoutingContext context) {
        String length = context.request().getHeader(HttpHeaders.CONTENT_LENGTH);
        // The HTTP decoder passes decimal digits only; more than nine of them are too many anyway.
        if (length != null && (length.length() > 9 || Integer.parseInt(length) > MAX_BODY)) {
            context.fail(ProblemCode.PAYLOAD_TOO_LARGE.status());
        } else if (length != null || context.request().headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
            new Reader(context).start();
        } else {
            context.next();
        }
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
                // Quarkus REST would send it once more.
                request.headers().remove(HttpHeaders.EXPECT);
            }
            timer = context.vertx()
                    .setTimer(timeout.toMillis(), late -> fail(new Problem(ProblemCode.REQUEST_TIMEOUT)));
            // The client closed the connection or broke the protocol: there is nobody to answer.
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
