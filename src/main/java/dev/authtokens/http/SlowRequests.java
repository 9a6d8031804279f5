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
 * Ends a connection on which a request was begun and nothing answered for too long. The idle timeout, which is made for
 * connections at rest, ends one whose headers trickle in too, but later.
 *
 * <p>Netty finds this class by its name in {@code META-INF/services}.
 */
@RegisterForReflection
public class SlowRequests extends ChannelInitializerExtension {

    /** Set to {@code serviceload}, it has Netty look for extensions. */
    public static final String SWITCH = ChannelInitializerExtension.EXTENSIONS_SYSTEM_PROPERTY;

    /** Once the time for the request, and once that for its answer. */
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

    /** Sees the bytes as they come and go, whatever protocol they are of. */
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

        /** Seldom: not one for each request. */
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
