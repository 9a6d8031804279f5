package dev.authtokens.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.impl.VertxHandler;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * Has requests that are no HTTP, or longer than the limits, answered like every other error. Vert.x answers them without a body,
 * and Quarkus has no setting for its {@code invalidRequestHandler}; Quarkus does the same with a path or query that is no URI.
 */
public final class UnreadableRequests {

    /** System property: with the value {@code true}, Quarkus leaves the check of the URI to {@link #refuse}. */
    public static final String OWN_URI_CHECK = "vertx.disableURIValidation";

    private UnreadableRequests() {}

    /** Routes the unreadable requests of a new connection like all others. To be called when its first bytes arrive. */
    static void observe(ChannelPipeline pipeline) {
        if (!handOver(pipeline)) {
            // With TLS, Vert.x adds its handlers after the handshake.
            pipeline.addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object bytes) {
                    if (handOver(context.pipeline())) {
                        context.pipeline().remove(this);
                    }
                    context.fireChannelRead(bytes);
                }
            });
        }
    }

    private static boolean handOver(ChannelPipeline pipeline) {
        VertxHandler<?> handler = pipeline.get(VertxHandler.class);
        if (handler != null && handler.getConnection() instanceof HttpServerConnection connection) {
            connection.invalidRequestHandler(VertxHttpRecorder.getRootHandler());
        }
        return handler != null;
    }

    /**
     * Fails with 400 where the request could not be read, where path or query is no URI (RFC 3986), and where the path has
     * parameters after a semicolon: Quarkus REST leaves these out, so the path could mean another account.
     */
    static void refuse(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.decoderResult().isFailure()
                || !isUri(request.uri())
                || request.path().indexOf(';') >= 0) {
            context.fail(400);
        } else {
            context.next();
        }
    }

    private static boolean isUri(String uri) {
        try {
            new URI(uri);
            return true;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
