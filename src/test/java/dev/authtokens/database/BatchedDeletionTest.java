package dev.authtokens.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class BatchedDeletionTest {

    private static final String KIND = "rows of this test";
    private static final Instant FIRST = Instant.EPOCH.plusSeconds(10);
    private static final Instant SECOND = Instant.EPOCH.plusSeconds(20);

    @Inject
    BatchedDeletion deletion;

    private final List<Instant> begins = new ArrayList<>();

    @Test
    void continuesWhereTheLastBatchEndedAndStartsAgainInTheNextRun() {
        assertEquals(6, deletion.run(KIND, endingAt(FIRST, SECOND, null)));
        assertEquals(1, deletion.run(KIND, endingAt((Instant) null)));
        assertEquals(List.of(Instant.EPOCH, FIRST, SECOND, Instant.EPOCH), begins);
    }

    @Test
    void deletesNothingWhileAnotherReplicaHoldsTheLock() throws Exception {
        try (Connection other = Postgres.connect(ServiceDatabase.url());
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(
                    "select pg_advisory_xact_lock(hashtextextended('auth-tokens: delete rows of this test', 0))");
            assertEquals(0, deletion.run(KIND, endingAt((Instant) null)));
            assertEquals(List.of(), begins);
            other.rollback();
        }
        assertEquals(1, deletion.run(KIND, endingAt((Instant) null)));
    }

    @Test
    void stopsWhenAnotherReplicaHasTakenTheLockAndContinuesThereInTheNextRun() throws Exception {
        try (Connection other = Postgres.connect(ServiceDatabase.url());
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            // Waits for the batch's transaction, and has the lock before the next batch begins.
            Thread taker = new Thread(() -> lock(statement));
            deletion.run(KIND, from -> {
                begins.add(from);
                taker.start();
                Postgres.awaitLockWaits(ServiceDatabase.url(), 1);
                return new BatchedDeletion.Batch(1, FIRST);
            });
            taker.join();
            assertEquals(List.of(Instant.EPOCH), begins);
            other.rollback();
        }
        deletion.run(KIND, endingAt((Instant) null));
        assertEquals(List.of(Instant.EPOCH, FIRST), begins);
    }

    @Test
    void continuesWhereABatchFailed() {
        assertThrows(
                IllegalStateException.class,
                () -> deletion.run(KIND, from -> {
                    begins.add(from);
                    if (from.equals(FIRST)) {
                        throw new IllegalStateException("for the test");
                    }
                    return new BatchedDeletion.Batch(1, FIRST);
                }));
        deletion.run(KIND, endingAt((Instant) null));
        assertEquals(List.of(Instant.EPOCH, FIRST, FIRST), begins);
    }

    private static void lock(Statement statement) {
        try {
            statement.execute(
                    "select pg_advisory_xact_lock(hashtextextended('auth-tokens: delete rows of this test', 0))");
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One row deleted by the first batch, two by the second and so on. */
    private Function<Instant, BatchedDeletion.Batch> endingAt(Instant... ends) {
        List<Instant> left = new ArrayList<>(Arrays.asList(ends));
        return from -> {
            begins.add(from);
            Instant next = left.remove(0);
            return new BatchedDeletion.Batch(ends.length - left.size(), next);
        };
    }
}
