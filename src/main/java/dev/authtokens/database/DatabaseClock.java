package dev.authtokens.database;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/**
 * PostgreSQL's clock, which decides what has expired, so that replicas agree whatever their own clocks show. It is read several
 * times a second with the revocation log; in between, time passes by the monotonic clock of this process.
 */
@Singleton
public class DatabaseClock {

    /** @param nanoTime {@link System#nanoTime} when the statement that read the time began */
    private record Reading(Instant time, long nanoTime) {}

    private final Statements statements;
    private final AtomicReference<Reading> latest = new AtomicReference<>();

    DatabaseClock(Statements statements) {
        this.statements = statements;
    }

    /** The time since the latest reading; asks the database only when there was none, which a start prevents. */
    public Instant now() {
        Reading reading = latest.get();
        return reading == null ? read() : reading.time().plusNanos(System.nanoTime() - reading.nanoTime());
    }

    /** The time as the database answers it now, for what must not rely on an earlier reading. One round trip. */
    public Instant read() {
        long start = System.nanoTime();
        Instant time = statements.query("select clock_timestamp()", Statements::firstInstant);
        set(time, start);
        return time;
    }

    /**
     * Takes over what another statement read, unless a later one was read already.
     *
     * @param nanoTime {@link System#nanoTime} when that statement began
     */
    public void set(Instant time, long nanoTime) {
        latest.accumulateAndGet(
                new Reading(time, nanoTime),
                (known, read) -> known == null || read.nanoTime() - known.nanoTime() > 0 ? read : known);
    }
}
