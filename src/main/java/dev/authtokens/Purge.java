package dev.authtokens;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Deletes rows whose time is over, in small transactions and unhurriedly: after each batch all replicas rest, so that fewer
 * than one of a hundred requests meets it. Nobody waits for it, since what is over is refused before it is deleted. Only
 * when a walk through the rows has not ended after a day is there more than can be done that way, and the rests get shorter.
 *
 * <p>How far the walk is stands in the database: whichever replica comes next goes on from there.
 */
@ApplicationScoped
public class Purge {

    /** About as many rows are looked at in one transaction. */
    public static final int BATCH = 200;

    /** So many times as long as a batch took. */
    private static final int REST = 99;

    private static final int SHORT_REST = 9;
    private static final Duration LONG_WALK = Duration.ofDays(1);

    private static final String KNOW_KIND = "insert into purges (kind) values (?) on conflict do nothing";

    /** A walk that nobody went on with for hours, since no replica ran, is not late by that; nor is a rest ever so long. */
    private static final String TAKE_TURN = """
            select walk.begun, coalesce(reached, 'epoch'), walk.begun <= now() - make_interval(secs => ?)
            from purges, lateral (
                select case when begun is null or due < now() - interval '2 hours' then now() else begun end as begun) as walk
            where kind = ? and (due <= clock_timestamp() or due > clock_timestamp() + interval '2 hours')
            for update of purges skip locked""";

    private static final String END_TURN = """
            update purges set begun = ?, reached = ?, due = clock_timestamp() + make_interval(secs => ?) where kind = ?""";

    private final Statements statements;
    private final CountDownLatch stopped = new CountDownLatch(1);

    Purge(Statements statements) {
        this.statements = statements;
    }

    /**
     * What one transaction did.
     *
     * @param deleted rows
     * @param reached where the next one begins; null when there is nothing more to look at
     */
    public record Batch(long deleted, Instant reached) {

        /** Of a walk that finds what is left at its beginning. */
        public static Batch of(long deleted) {
            return new Batch(deleted, deleted < BATCH ? null : Instant.EPOCH);
        }
    }

    /** How far the walk is when a batch begins. */
    private record Turn(Instant begun, Instant reached, boolean isLate) {

        /** Null when it is not this replica's turn. */
        static Turn read(ResultSet row) throws SQLException {
            return row.next()
                    ? new Turn(Statements.instant(row, 1), Statements.instant(row, 2), row.getBoolean(3))
                    : null;
        }
    }

    /** @param rest so many times as long as it took; 0 when no other follows here */
    private record Outcome(long deleted, int rest) {}

    /**
     * Repeats the deletion until it finds nothing more, another replica has taken over, or the service stops.
     *
     * @param kind of rows, as in the table of purges
     * @param deleteBatch looks at {@link #BATCH} rows or so, from where the batch before ended
     * @return rows that were deleted
     */
    public long run(String kind, Function<Instant, Batch> deleteBatch) {
        statements.update(KNOW_KIND, kind);
        long deleted = 0;
        Outcome outcome;
        long took;
        do {
            long begin = System.nanoTime();
            outcome = QuarkusTransaction.requiringNew().call(() -> takeTurn(kind, deleteBatch));
            took = System.nanoTime() - begin;
            deleted += outcome.deleted();
        } while (outcome.rest() > 0 && rest(outcome.rest() * took));
        return deleted;
    }

    private Outcome takeTurn(String kind, Function<Instant, Batch> deleteBatch) {
        Turn turn = statements.query(TAKE_TURN, Turn::read, (double) LONG_WALK.toSeconds(), kind);
        if (turn == null) {
            return new Outcome(0, 0);
        }
        long begin = System.nanoTime();
        Batch batch = deleteBatch.apply(turn.reached());
        boolean last = batch.reached() == null;
        int rest = last ? 0 : turn.isLate() ? SHORT_REST : REST;
        double restSeconds = rest * (System.nanoTime() - begin) / 1e9;
        statements.update(END_TURN, last ? null : turn.begun(), batch.reached(), restSeconds, kind);
        return new Outcome(batch.deleted(), rest);
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
}
