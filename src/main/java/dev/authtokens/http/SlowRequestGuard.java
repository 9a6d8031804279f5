package dev.authtokens.http;

import dev.authtokens.ServiceConfig;
import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.inject.spi.CDI;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Closes a connection on which a request has started but was not answered in time, such as one whose headers trickle in; also
 * one with a large request, when all large requests that are not answered yet hold too much memory. Vert.x only has an idle
 * timeout, which each received byte resets. Netty finds this class by its name in {@code META-INF/services}.
 */
@RegisterForReflection
public class SlowRequestGuard extends ChannelInitializerExtension {

    /** System property: with the value {@code serviceload}, Netty looks for extensions. */
    public static final String SWITCH = ChannelInitializerExtension.EXTENSIONS_SYSTEM_PROPERTY;

    /** Bytes of a request that do not count for the limit, so that ordinary requests are served however many large ones come. */
    private static final int FREE_BYTES = 8 * 1024;

    /** Request line, headers and body by default. What is received beyond is discarded. */
    private static final int MAX_COUNTED_BYTES = 64 * 1024;

    /** Bytes that all other requests may hold together. */
    private final long maxHeldBytes = Runtime.getRuntime().maxMemory() / 8;

    private final AtomicLong held = new AtomicLong();

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

        private long received;
        private boolean awaitsAnswer;
        private long waitingSince;
        private boolean isScheduled;
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
                if (!isScheduled) {
                    schedule(context, deadlineNanos);
                }
            }
            if (holdsTooMuch(bytes)) {
                ReferenceCountUtil.release(bytes);
                context.close();
                return;
            }
            context.fireChannelRead(bytes);
        }

        @Override
        public void write(ChannelHandlerContext context, Object bytes, ChannelPromise promise) {
            awaitsAnswer = false;
            release();
            context.write(bytes, promise);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            release();
            context.fireChannelInactive();
        }

        private boolean holdsTooMuch(Object bytes) {
            long before = countedBytes();
            received += bytes instanceof ByteBuf buffer ? buffer.readableBytes() : 0;
            long more = countedBytes() - before;
            return more > 0 && held.addAndGet(more) > maxHeldBytes;
        }

        private void release() {
            if (countedBytes() > 0) {
                held.addAndGet(-countedBytes());
            }
            received = 0;
        }

        private long countedBytes() {
            return Math.max(0, Math.min(received, MAX_COUNTED_BYTES) - FREE_BYTES);
        }

        private void schedule(ChannelHandlerContext context, long nanos) {
            isScheduled = true;
            context.executor().schedule(() -> check(context), nanos, TimeUnit.NANOSECONDS);
        }

        private void check(ChannelHandlerContext context) {
            isScheduled = false;
            if (!awaitsAnswer || !context.channel().isActive()) {
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
