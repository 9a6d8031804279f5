package dev.authtokens.token;

import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Reads tokens for all checks that wait, together: while the database is busy with some, others gather, and one statement
 * reads them. So a statement that costs the same for one token and for ten is not sent ten times when there is much to do,
 * and nobody waits for company when there is little.
 */
@Singleton
class TokenReader {

    /** Most tokens of one statement. */
    static final int BATCH = 64;

    /** As many statements run at a time: with more, each would find fewer checks that wait. */
    static final int WIDTH = 1;

    /** When nothing came back for so long, checks do not gather behind it: each takes its chance on another connection. */
    private static final Duration STALL = Duration.ofMillis(20);

    /** Who waited so long behind a reading that failed fails with it; the pool's time to connect is not waited for twice. */
    static final Duration PATIENCE = Duration.ofMillis(250);

    private record Waiting(byte[] digest, long since, CompletableFuture<Optional<TokenOwner>> owner) {}

    private final Function<List<byte[]>, Map<ByteBuffer, TokenOwner>> find;
    private final Executor threads;
    private final Duration stall;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger readers = new AtomicInteger();
    private volatile long progress = System.nanoTime();

    @Inject
    TokenReader(TokenLookup lookup) {
        this(lookup::find, Infrastructure.getDefaultExecutor(), STALL);
    }

    TokenReader(Function<List<byte[]>, Map<ByteBuffer, TokenOwner>> find, Executor threads, Duration stall) {
        this.find = find;
        this.threads = threads;
        this.stall = stall;
    }

    /** Reads it on a worker thread, after this call; empty when there is no such token. */
    CompletableFuture<Optional<TokenOwner>> read(byte[] digest) {
        Waiting check = new Waiting(digest, System.nanoTime(), new CompletableFuture<>());
        waiting.add(check);
        startReader();
        return check.owner();
    }

    private void startReader() {
        int most = isStalled() ? Integer.MAX_VALUE : WIDTH;
        if (readers.getAndUpdate(count -> Math.min(count + 1, Math.max(count, most))) < most) {
            progress = System.nanoTime();
            threads.execute(this::readWaiting);
        }
    }

    private boolean isStalled() {
        return System.nanoTime() - progress > stall.toNanos();
    }

    private void readWaiting() {
        for (List<Waiting> batch = next(); !batch.isEmpty(); batch = next()) {
            read(batch);
            progress = System.nanoTime();
        }
        readers.decrementAndGet();
        // A check that came just before found no reader missing.
        if (!waiting.isEmpty()) {
            startReader();
        }
    }

    private List<Waiting> next() {
        List<Waiting> batch = new ArrayList<>();
        while (batch.size() < BATCH) {
            Waiting check = waiting.poll();
            if (check == null) {
                break;
            }
            batch.add(check);
        }
        return batch;
    }

    private void read(List<Waiting> batch) {
        try {
            Map<ByteBuffer, TokenOwner> found = find.apply(batch.stream()
                    .map(check -> ByteBuffer.wrap(check.digest()))
                    .distinct()
                    .map(ByteBuffer::array)
                    .toList());
            batch.forEach(
                    check -> check.owner().complete(Optional.ofNullable(found.get(ByteBuffer.wrap(check.digest())))));
        } catch (RuntimeException | Error e) {
            batch.forEach(check -> check.owner().completeExceptionally(e));
            failThoseBehind(e);
        }
    }

    private void failThoseBehind(Throwable failure) {
        Waiting check = waiting.peek();
        while (check != null && System.nanoTime() - check.since() > PATIENCE.toNanos()) {
            if (waiting.remove(check)) {
                check.owner().completeExceptionally(failure);
            }
            check = waiting.peek();
        }
    }
}
