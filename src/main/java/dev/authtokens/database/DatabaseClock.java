package dev.authtokens.database;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/**
 * PostgreSQL's clock, which decides what has expired, so that replicas agree whatever their own clocks show. It is read several
 * times a second with the revocation log; in between, time passes by the monotonic clock of this process.
 */
@Singleton
public class DatabaseClock {

    /**
     * @param nanoTime {@link System#nanoTime} in the middle of the statement that read the time
     * @param error of the time at most: half of the time that the statement took, in nanoseconds
     */
    private record Reading(Instant time, long nanoTime, long error) {

        static Reading of(Instant time, long start, Duration duration) {
            long half = duration.toNanos() / 2;
            return new Reading(time, start + half, half);
        }

        /** Whether it replaces the other reading, which is less exact by 10 ms for each second since, as the clock may have been set. */
        boolean isBetterThan(Reading other) {
            long age = nanoTime - other.nanoTime;
            return age > 0 && error <= other.error + age / 100;
        }
    }

    private static final Logger LOG = Logger.getLogger(DatabaseClock.class);

    /** A larger difference between the clocks of database and machine is logged. */
    private static final Duration MAX_OFFSET = Duration.ofSeconds(5);

    private final Statements statements;
    private final Clock machine;
    private final AtomicReference<Reading> latest = new AtomicReference<>();
    private volatile Duration offset = Duration.ZERO;

    DatabaseClock(Statements statements, Clock machine, MeterRegistry metrics) {
        this.statements = statements;
        this.machine = machine;
        Gauge.builder("auth_tokens.clock.offset", () -> offset.toMillis() / 1e3)
                .description("How far the clock of the database is ahead of the clock of this replica")
                .baseUnit("seconds")
                .register(metrics);
    }

    /** The clock of this machine, only compared with that of the database. */
    @Produces
    @Singleton
    static Clock machineClock() {
        return Clock.systemUTC();
    }

    /** Asks the database only when there was no reading, which a start prevents. */
    public Instant now() {
        Reading reading = latest.get();
        return reading == null ? read() : reading.time().plusNanos(System.nanoTime() - reading.nanoTime());
    }

    /** The time as the database answers it now, for what must not rely on an earlier reading. One round trip. */
    public Instant read() {
        long start = System.nanoTime();
        Instant time = statements.query("select clock_timestamp()", Statements::firstInstant);
        latest.set(Reading.of(time, start, Duration.ofNanos(System.nanoTime() - start)));
        return time;
    }

    /**
     * Takes over what another statement read, unless that was slower than an earlier one, by 1 ms for each 50 ms between them.
     *
     * @param start {@link System#nanoTime} when that statement began
     * @param duration until it was answered
     */
    public void set(Instant time, long start, Duration duration) {
        Reading reading = Reading.of(time, start, duration);
        latest.accumulateAndGet(reading, (known, read) -> known == null || read.isBetterThan(known) ? read : known);
        compareWithMachine(reading);
    }

    private void compareWithMachine(Reading reading) {
        boolean wereApart = areApart();
        Instant machineTime = machine.instant().minusNanos(System.nanoTime() - reading.nanoTime());
        offset = Duration.between(machineTime, reading.time());
        if (areApart() && !wereApart) {
            LOG.warnf(
                    "The clock of the database is %.1f s ahead of the clock of this machine (behind it, if negative). The"
                            + " database's decides what has expired; times in this log are wrong. Synchronise both (NTP)",
                    offset.toMillis() / 1e3);
        } else if (wereApart && !areApart()) {
            LOG.info("The clocks of the database and of this machine agree again");
        }
    }

    private boolean areApart() {
        return offset.abs().compareTo(MAX_OFFSET) > 0;
    }
}
