package dev.authtokens.http;

import dev.authtokens.ServiceConfig;
import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.ScheduledFuture;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.inject.spi.CDI;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection on which a request has started but was not answered in time, such as one whose headers trickle in. Vert.x
 * only has an idle timeout, which each received byte resets. Netty finds this class by its name in {@code META-INF/services}.
 */
@RegisterForReflection
public class SlowRequestGuard extends ChannelInitializerExtension {

    /** System property: with the value {@code serviceload}, Netty looks for extensions. */
    public static final String SWITCH = ChannelInitializerExtension.EXTENSIONS_SYSTEM_PROPERTY;

    /** The request timeout, once for the request and once for its answer. */
    private final long deadlineNanos = CDI.current()
            .select(ServiceConfig.class)
            .get()
            .http()
            .requestTimeout()
            .multipliedBy(2)
            .toNanos();

    @Override
    public void postInitializeServerChildChannel(Channel channel) {
        channel.pipeline().addFirst(new Guard());
    }

    /** Sees all bytes that are received and sent, whatever the protocol. */
    private final class Guard extends ChannelDuplexHandler {

        private boolean awaitsAnswer;
        private long waitingSince;
        private ScheduledFuture<?> timer;
        private boolean isFirstRead = true;

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            if (isFirstRead) {
                isFirstRead = false;
                UnreadableRequests.observe(context.pipeline());
            }
            if (!awaitsAnswer) {
                awaitsAnswer = true;
                waitingSince = System.nanoTime();
                // At most one timer for each connection, not one for each request.
                if (timer == null) {
                    schedule(context, deadlineNanos);
                }
            }
            context.fireChannelRead(bytes);
        }

        @Override
        public void write(ChannelHandlerContext context, Object bytes, ChannelPromise promise) {
            awaitsAnswer = false;
            context.write(bytes, promise);
        }

        /** Its timer would keep the closed connection in memory. */
        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (timer != null) {
                timer.cancel(false);
            }
            context.fireChannelInactive();
        }

        private void schedule(ChannelHandlerContext context, long nanos) {
            timer = context.executor().schedule(() -> check(context), nanos, TimeUnit.NANOSECONDS);
        }

        private void check(ChannelHandlerContext context) {
            timer = null;
            if (!awaitsAnswer) {
                return;
            }
            long left = waitingSince + deadlineNanos - System.nanoTime();
            if (left <= 0) {
                context.close();
            } else {
                schedule(context, left);
            }
        }
    }
}
