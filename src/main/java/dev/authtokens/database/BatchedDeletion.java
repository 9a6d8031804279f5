package dev.authtokens.database;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Deletes expired rows in small transactions with a pause after each, so that requests are not slowed down. An advisory lock
 * lets one replica at a time delete rows of a kind. Nobody waits for the deletion: expired rows are ignored before that.
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
    private final CountDownLatch stopped = new CountDownLatch(1);

    BatchedDeletion(Statements statements) {
        this.statements = statements;
    }

    /**
     * What one transaction did.
     *
     * @param deleted number of rows
     * @param next where the next batch begins; null when nothing is left
     */
    public record Batch(long deleted, Instant next) {

        /** A batch that always begins with the oldest row: it was the last one if it was not full. */
        public static Batch of(long deleted) {
            return new Batch(deleted, deleted < BATCH ? null : Instant.EPOCH);
        }
    }

    /**
     * Repeats the deletion until nothing is left, another replica holds the lock, or the service stops.
     *
     * @param kind of rows, the name of the lock
     * @param deleteBatch looks at {@link #BATCH} rows from the given time on
     * @return number of rows deleted
     */
    public long run(String kind, Function<Instant, Batch> deleteBatch) {
        long deleted = 0;
        Instant next = Instant.EPOCH;
        do {
            Instant from = next;
            Batch batch = QuarkusTransaction.requiringNew()
                    .call(() -> lock(kind) ? deleteBatch.apply(from) : new Batch(0, null));
            deleted += batch.deleted();
            next = batch.next();
        } while (next != null && pause());
        return deleted;
    }

    /** Until the end of the transaction; false when another replica holds it. */
    private boolean lock(String kind) {
        return statements.query(LOCK, Statements::isTrue, kind);
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
