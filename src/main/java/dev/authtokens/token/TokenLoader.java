package dev.authtokens.token;

import dev.authtokens.database.DatabaseClock;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Reads tokens in batches: while one statement runs, further checks queue up, and the next statement reads them together. A
 * statement costs about the same for one token and for ten. A check never waits for a batch to fill.
 */
@Singleton
class TokenLoader {

    /** Most tokens in one statement. */
    static final int BATCH = 64;

    /** Statements that run at a time; with more of them the batches would be smaller. */
    static final int WIDTH = 1;

    /** When no statement has returned for this long, further checks do not queue behind it but use other connections. */
    private static final Duration STALL = Duration.ofMillis(20);

    /** A check that queued this long behind a statement that fails, fails with it instead of waiting for its own timeout. */
    private static final Duration MAX_QUEUE_TIME = Duration.ofMillis(250);

    private record PendingCheck(ByteBuffer key, long since, CompletableFuture<Optional<TokenRow>> row) {}

    private final Function<List<byte[]>, Map<ByteBuffer, TokenRow>> find;
    private final LastUse lastUse;
    private final DatabaseClock clock;
    private final Executor threads;
    private final Duration stall;
    private final Duration maxQueueTime;
    private final BlockingQueue<PendingCheck> queue = new LinkedBlockingQueue<>();
    private final AtomicInteger readers = new AtomicInteger();
    private volatile long progress = System.nanoTime();

    @Inject
    TokenLoader(TokenQueries queries, LastUse lastUse, DatabaseClock clock) {
        this(queries::find, lastUse, clock, Infrastructure.getDefaultExecutor(), STALL, MAX_QUEUE_TIME);
    }

    TokenLoader(
            Function<List<byte[]>, Map<ByteBuffer, TokenRow>> find,
            LastUse lastUse,
            DatabaseClock clock,
            Executor threads,
            Duration stall,
            Duration maxQueueTime) {
        this.find = find;
        this.lastUse = lastUse;
        this.clock = clock;
        this.threads = threads;
        this.stall = stall;
        this.maxQueueTime = maxQueueTime;
    }

    /** Reads the token on a worker thread, also one that does not exist. */
    CompletableFuture<CachedToken> load(byte[] digest) {
        Instant now = clock.now();
        // A use that is written while the token is read may be missing in the row, and not pending afterwards.
        Instant pending = lastUse.latest(digest, null);
        return read(digest)
                .thenApply(found -> found.map(row -> new CachedToken(
                                row, lastUse.latest(digest, LastUse.later(row.lastUsedAt(), pending)), now))
                        .orElseGet(() -> new CachedToken(null, null, now)));
    }

    /** Empty when the token does not exist. */
    CompletableFuture<Optional<TokenRow>> read(byte[] digest) {
        PendingCheck check = new PendingCheck(ByteBuffer.wrap(digest), System.nanoTime(), new CompletableFuture<>());
        queue.add(check);
        startReader();
        return check.row();
    }

    private void startReader() {
        int most = isStalled() ? Integer.MAX_VALUE : WIDTH;
        if (readers.getAndUpdate(count -> count < most ? count + 1 : count) < most) {
            progress = System.nanoTime();
            threads.execute(this::readQueued);
        }
    }

    private boolean isStalled() {
        return System.nanoTime() - progress > stall.toNanos();
    }

    private void readQueued() {
        for (List<PendingCheck> batch = next(); !batch.isEmpty(); batch = next()) {
            read(batch);
            progress = System.nanoTime();
        }
        readers.decrementAndGet();
        // A check that was queued just before did not start a reader.
        if (!queue.isEmpty()) {
            startReader();
        }
    }

    private List<PendingCheck> next() {
        List<PendingCheck> batch = new ArrayList<>();
        queue.drainTo(batch, BATCH);
        return batch;
    }

    private void read(List<PendingCheck> batch) {
        try {
            Map<ByteBuffer, TokenRow> found = find.apply(batch.stream()
                    .map(PendingCheck::key)
                    .distinct()
                    .map(ByteBuffer::array)
                    .toList());
            batch.forEach(check -> check.row().complete(Optional.ofNullable(found.get(check.key()))));
        } catch (RuntimeException | Error e) {
            batch.forEach(check -> check.row().completeExceptionally(e));
            failQueued(e);
        }
    }

    private void failQueued(Throwable failure) {
        PendingCheck check = queue.peek();
        while (check != null && System.nanoTime() - check.since() > maxQueueTime.toNanos()) {
            if (queue.remove(check)) {
                check.row().completeExceptionally(failure);
            }
            check = queue.peek();
        }
    }
}
