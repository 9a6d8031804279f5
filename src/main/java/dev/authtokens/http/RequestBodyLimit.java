package dev.authtokens.http;

import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Refuses bodies of more than 16 KiB: at once where their length is told, else as soon as they turn out to be longer. */
@Provider
public class RequestBodyLimit implements ReaderInterceptor {

    static final int MAX_BODY = 16 * 1024;

    /** After the request context, before everything that reads a body. */
    private static final int ORDER = -500;

    void register(@Observes Router router) {
        router.route().order(ORDER).handler(RequestBodyLimit::refuseLongBody);
    }

    private static void refuseLongBody(RoutingContext context) {
        String length = context.request().getHeader(HttpHeaders.CONTENT_LENGTH);
        // The HTTP decoder lets decimal digits through only; more than nine of them are too many anyway.
        if (length != null && (length.length() > 9 || Integer.parseInt(length) > MAX_BODY)) {
            context.fail(ProblemCode.PAYLOAD_TOO_LARGE.status());
        } else {
            context.next();
        }
    }

    @Override
    public Object aroundReadFrom(ReaderInterceptorContext context) throws IOException {
        context.setInputStream(new BoundedStream(context.getInputStream()));
        return context.proceed();
    }

    private static final class BoundedStream extends FilterInputStream {

        private int left = MAX_BODY;

        BoundedStream(InputStream body) {
            super(body);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            count(Math.max(0, read));
            return read;
        }

        private void count(int read) {
            left -= read;
            if (left < 0) {
                throw new Problem(ProblemCode.PAYLOAD_TOO_LARGE);
            }
        }
    }
}
