package dev.authtokens.harness;

import java.time.Instant;
import java.util.List;

/** Two servers of PostgreSQL: a primary and its synchronous standby. */
public interface DatabaseCluster extends AutoCloseable {

    /** Of both servers, whichever is the primary. */
    List<Integer> ports();

    /**
     * Kills the primary, and the standby takes its place.
     *
     * @return {@link System#nanoTime} of the promotion
     */
    long failOver();

    /** Makes the killed server the synchronous standby of the new primary. */
    void heal();

    @Override
    void close();

    /** Waits until the server at this port is a primary, and returns when that was. */
    default long awaitPromotion(int port) {
        Instant deadline = Instant.now().plus(Await.PATIENCE);
        while (true) {
            long asked = System.nanoTime();
            if (Postgres.isPrimary(port)) {
                return asked;
            }
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("no promotion");
            }
        }
    }
}
