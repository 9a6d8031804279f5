package dev.authtokens.http;

import dev.authtokens.ServiceConfig;
import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.inject.spi.CDI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection on which a request has started but was not answered in time, such as one whose headers trickle in.
 *
 * <p>Vert.x has an idle timeout only ({@code quarkus.http.idle-timeout}), which must be longer than that of the proxy in front
 * and which each received byte resets; it has no timeout for reading a request's headers. Netty finds this class by its name in
 * {@code META-INF/services}.
 */
@RegisterForReflection
public class SlowRequestGuard extends ChannelInitializerExtension {

    /** System property: with the value {@code serviceload}, Netty looks for extensions. */
    public static final String SWITCH = ChannelInitializerExtension.EXTENSIONS_SYSTEM_PROPERTY;

    /** The request timeout, once for the request and once for its answer. */
    private final Duration deadline = CDI.current()
            .select(ServiceConfig.class)
            .get()
            .http()
            .requestTimeout()
            .multipliedBy(2);

    @Override
    public void postInitializeServerChildChannel(Channel channel) {
        channel.pipeline().addFirst(new Watch(deadline.toNanos()));
    }

    /** Sees all bytes that are received and sent, whatever the protocol. */
    private static final class Watch extends ChannelDuplexHandler {

        private final long deadlineNanos;
        private boolean isWaited;
        private long since;
        private boolean isScheduled;

        Watch(long deadlineNanos) {
            this.deadlineNanos = deadlineNanos;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            if (!isWaited) {
                isWaited = true;
                since = System.nanoTime();
                schedule(context, deadlineNanos);
            }
            context.fireChannelRead(bytes);
        }

        @Override
        public void write(ChannelHandlerContext context, Object bytes, ChannelPromise promise) {
            isWaited = false;
            context.write(bytes, promise);
        }

        /** At most one timer for each connection, not one for each request. */
        private void schedule(ChannelHandlerContext context, long nanos) {
            if (!isScheduled) {
                isScheduled = true;
                context.executor().schedule(() -> check(context), nanos, TimeUnit.NANOSECONDS);
            }
        }

        private void check(ChannelHandlerContext context) {
            isScheduled = false;
            if (!isWaited || !context.channel().isActive()) {
                return;
            }
            long left = since + deadlineNanos - System.nanoTime();
            if (left <= 0) {
                context.close();
            } else {
                schedule(context, left);
            }
        }
    }
}
