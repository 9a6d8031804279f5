package dev.authtokens;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Deletes rows whose time is over, in small transactions, never by two replicas at the same time, and unhurriedly: after each
 * batch it rests, so that fewer than one of a hundred requests meets it. Nobody waits for it, since what is over is refused
 * before it is deleted.
 */
@ApplicationScoped
public class Purge {

    /** About as many rows are looked at in one transaction. */
    public static final int BATCH = 200;

    /** So many times as long as a batch took. */
    private static final int REST = 99;

    private final EntityManager entityManager;
    private final CountDownLatch stopped = new CountDownLatch(1);

    Purge(EntityManager entityManager) {
        this.entityManager = entityManager;
    }

    /**
     * What one transaction did.
     *
     * @param deleted rows
     * @param last whether there is nothing more to look at
     */
    public record Batch(long deleted, boolean last) {

        private static final Batch NONE = new Batch(0, true);
    }

    /**
     * Repeats the deletion until it finds nothing more, another replica holds the lock, or the service stops.
     *
     * @param lock which kind of rows: a key of PostgreSQL's advisory locks
     * @param deleteBatch looks at {@link #BATCH} rows or so
     * @return rows that were deleted
     */
    public long run(int lock, Supplier<Batch> deleteBatch) {
        long deleted = 0;
        Batch batch;
        long took;
        do {
            long begin = System.nanoTime();
            batch = QuarkusTransaction.requiringNew().call(() -> isAlone(lock) ? deleteBatch.get() : Batch.NONE);
            took = System.nanoTime() - begin;
            deleted += batch.deleted();
        } while (!batch.last() && rest(REST * took));
        return deleted;
    }

    /** Whether to go on after that. */
    private boolean rest(long nanos) {
        try {
            return !stopped.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    void stop(@Observes ShutdownEvent stop) {
        stopped.countDown();
    }

    private boolean isAlone(int lock) {
        Object alone = entityManager
                .createNativeQuery("select pg_try_advisory_xact_lock(?1)")
                .setParameter(1, lock)
                .getSingleResult();
        return Boolean.TRUE.equals(alone);
    }
}
