package dev.authtokens;

import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.function.Supplier;

/** Deletes rows whose time is over, in small transactions and on one replica at a time. */
@ApplicationScoped
public class Purge {

    /** About as many rows are looked at in one transaction. */
    public static final int BATCH = 1000;

    private final EntityManager entityManager;

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
     * Repeats the deletion until it finds nothing more, or another replica holds the lock.
     *
     * @param lock which kind of rows: a key of PostgreSQL's advisory locks
     * @param deleteBatch looks at {@link #BATCH} rows or so
     * @return rows that were deleted
     */
    public long run(int lock, Supplier<Batch> deleteBatch) {
        long deleted = 0;
        Batch batch;
        do {
            batch = QuarkusTransaction.requiringNew().call(() -> isAlone(lock) ? deleteBatch.get() : Batch.NONE);
            deleted += batch.deleted();
        } while (!batch.last());
        return deleted;
    }

    private boolean isAlone(int lock) {
        Object alone = entityManager
                .createNativeQuery("select pg_try_advisory_xact_lock(?1)")
                .setParameter(1, lock)
                .getSingleResult();
        return Boolean.TRUE.equals(alone);
    }
}
