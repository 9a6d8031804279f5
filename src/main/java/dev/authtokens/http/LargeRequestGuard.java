package dev.authtokens.http;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Closes a connection with a large request when all large requests that are not answered yet hold too much memory together.
 * Vert.x limits the size of each request only. Netty finds this class as it finds {@link SlowRequestGuard}.
 */
@RegisterForReflection
public class LargeRequestGuard extends ChannelInitializerExtension {

    /** Bytes of a request that do not count for the limit, so that ordinary requests are served however many large ones come. */
    private static final int FREE_BYTES = 8 * 1024;

    /** Request line, headers and body by default. What is received beyond is discarded. */
    private static final int MAX_COUNTED_BYTES = 64 * 1024;

    /** Bytes that all requests may hold together, beyond the free ones. */
    private final long maxHeldBytes = Runtime.getRuntime().maxMemory() / 8;

    private final AtomicLong held = new AtomicLong();

    @Override
    public void postInitializeServerChildChannel(Channel channel) {
        channel.pipeline().addFirst(new Guard());
    }

    /** Sees all bytes that are received and sent, whatever the protocol. */
    private final class Guard extends ChannelDuplexHandler {

        private long received;

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            if (holdsTooMuch(bytes)) {
                ReferenceCountUtil.release(bytes);
                context.close();
            } else {
                context.fireChannelRead(bytes);
            }
        }

        @Override
        public void write(ChannelHandlerContext context, Object bytes, ChannelPromise promise) {
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
    }
}
