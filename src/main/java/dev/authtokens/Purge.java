package dev.authtokens;

import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.function.IntSupplier;

/** Deletes rows whose time is over, in small transactions and on one replica at a time. */
@ApplicationScoped
public class Purge {

    /** Most rows of one transaction. */
    public static final int BATCH = 1000;

    private final EntityManager entityManager;

    Purge(EntityManager entityManager) {
        this.entityManager = entityManager;
    }

    /**
     * Repeats the deletion until it finds nothing more, or another replica holds the lock.
     *
     * @param lock which kind of rows: a key of PostgreSQL's advisory locks
     * @param deleteBatch deletes up to {@link #BATCH} rows and returns how many
     * @return rows that were deleted
     */
    public long run(int lock, IntSupplier deleteBatch) {
        long deleted = 0;
        int batch;
        do {
            batch = QuarkusTransaction.requiringNew().call(() -> isAlone(lock) ? deleteBatch.getAsInt() : 0);
            deleted += batch;
        } while (batch == BATCH);
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
