package dev.authtokens.database;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Deletes expired rows in small transactions with a pause after each, so that requests are not slowed down. An advisory lock
 * lets one replica at a time delete rows of a kind. Expired rows are ignored before they are deleted, so the deletion is
 * not urgent.
 */
@ApplicationScoped
public class BatchedDeletion {

    /** Rows that one transaction looks at. */
    public static final int BATCH = 200;

    /** After each batch; a batch takes about a hundredth of it. */
    private static final Duration PAUSE = Duration.ofMillis(150);

    /** Also marks the transaction: what it deletes has expired, so triggers do not log it as revoked. */
    private static final String LOCK = """
            select pg_try_advisory_xact_lock(hashtextextended('auth-tokens: delete ' || ?, 0)),
                   set_config('auth_tokens.deletes_expired', 'on', true)""";

    private final Statements statements;
    private final MeterRegistry metrics;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /** By kind: where the next batch begins; none: at the start. A run that ended early is continued, not begun again. */
    private final Map<String, Instant> nextBatches = new ConcurrentHashMap<>();

    BatchedDeletion(Statements statements, MeterRegistry metrics) {
        this.statements = statements;
        this.metrics = metrics;
    }

    /**
     * What one transaction did.
     *
     * @param deleted number of rows
     * @param next where the next batch begins; null when nothing is left
     */
    public record Batch(long deleted, Instant next) {}

    /**
     * Repeats a statement until it deletes less than a batch, another replica holds the lock, or the service stops.
     *
     * @param kind of rows, the name of the lock and a label of the metric
     * @param sql deletes the oldest rows, up to the number that is its last parameter
     * @param parameters all but the last
     * @return number of rows deleted
     */
    public long run(String kind, String sql, Object... parameters) {
        Object[] all = Arrays.copyOf(parameters, parameters.length + 1);
        all[parameters.length] = BATCH;
        return run(kind, from -> {
            int deleted = statements.update(sql, all);
            return new Batch(deleted, deleted < BATCH ? null : from);
        });
    }

    /**
     * Repeats the deletion until nothing is left, another replica holds the lock, or the service stops. A run that ended before
     * nothing was left is continued by the next one.
     *
     * @param kind of rows, the name of the lock and a label of the metric
     * @param deleteBatch looks at {@link #BATCH} rows from the given time on
     * @return number of rows deleted
     */
    public long run(String kind, Function<Instant, Batch> deleteBatch) {
        Counter purged = Counter.builder("auth_tokens.rows.purged")
                .description("Expired rows that this replica deleted, by their kind")
                .tag("kind", kind)
                .register(metrics);
        long deleted = 0;
        Optional<Batch> batch;
        do {
            Instant from = nextBatches.getOrDefault(kind, Instant.EPOCH);
            batch = QuarkusTransaction.requiringNew()
                    .call(() -> lock(kind) ? Optional.of(deleteBatch.apply(from)) : Optional.empty());
            long number = batch.map(Batch::deleted).orElse(0L);
            deleted += number;
            purged.increment(number);
            batch.ifPresent(done -> continueAt(kind, done.next()));
        } while (batch.map(Batch::next).isPresent() && pause());
        return deleted;
    }

    private void continueAt(String kind, Instant next) {
        if (next == null) {
            nextBatches.remove(kind);
        } else {
            nextBatches.put(kind, next);
        }
    }

    /** Until the end of the transaction; false when another replica holds it. */
    private boolean lock(String kind) {
        return statements.query(LOCK, row -> row.next() && row.getBoolean(1), kind);
    }

    /** False when the service stops. */
    private boolean pause() {
        try {
            return !stopped.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void stop(@Observes ShutdownEvent stop) {
        stopped.countDown();
    }
}
