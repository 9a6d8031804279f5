package dev.authtokens.database;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

class DatabaseClockTest {

    private static final Instant TIME = Instant.parse("2026-01-15T12:00:05Z");

    private final DatabaseClock clock = new DatabaseClock(null, Clock.systemUTC(), new SimpleMeterRegistry());
    private final long now = System.nanoTime();

    /** As an exact reading a second ago, another clock, and one that took as long as a reading may take. */
    @Test
    void aSlowReadingDoesNotReplaceAnExactOne() {
        read(TIME.minusSeconds(1), Duration.ofSeconds(1), Duration.ofMillis(2));
        read(TIME.plusSeconds(3600), Duration.ofMillis(800), Duration.ofMillis(800));
        assertNow(TIME);
    }

    @Test
    void theMiddleOfTheStatementCounts() {
        read(TIME, Duration.ofMinutes(10), Duration.ofMinutes(6));
        assertNow(TIME.plus(Duration.ofMinutes(7)));
    }

    @Test
    void anExactReadingShowsAtOnceThatTheClockWasSet() {
        read(TIME, Duration.ofMillis(100), Duration.ofMillis(2));
        read(TIME.plusSeconds(3600), Duration.ofMillis(3), Duration.ofMillis(3));
        assertNow(TIME.plusSeconds(3600));
    }

    @Test
    void aSlowReadingShowsAfterAWhileThatTheClockWasSet() {
        read(TIME, Duration.ofSeconds(60), Duration.ofMillis(2));
        read(TIME.plusSeconds(3600), Duration.ofMillis(800), Duration.ofMillis(800));
        assertNow(TIME.plusSeconds(3600));
    }

    @Test
    void anEarlierReadingIsIgnored() {
        read(TIME, Duration.ofMillis(10), Duration.ofMillis(2));
        read(TIME.plusSeconds(3600), Duration.ofMillis(20), Duration.ofMillis(2));
        assertNow(TIME);
    }

    private void read(Instant time, Duration ago, Duration duration) {
        clock.set(time, now - ago.toNanos(), duration);
    }

    /** To the minute, in which this test ends even on a slow machine. */
    private void assertNow(Instant expected) {
        assertEquals(expected.truncatedTo(ChronoUnit.MINUTES), clock.now().truncatedTo(ChronoUnit.MINUTES));
    }
}
