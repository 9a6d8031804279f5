package dev.authtokens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class PurgeTest {

    private static final String KIND = "tokens";
    private static final Instant FIRST = Instant.EPOCH.plusSeconds(10);
    private static final Instant SECOND = Instant.EPOCH.plusSeconds(20);

    @Inject
    Purge purge;

    private final List<Instant> begins = new ArrayList<>();

    @AfterEach
    void forget() {
        set("begun = null, reached = null, due = now()");
    }

    @Test
    void goesThroughAllAndBeginsAnew() {
        assertEquals(6, purge.run(KIND, reaching(FIRST, SECOND, null)));
        assertEquals(1, purge.run(KIND, reaching((Instant) null)));
        assertEquals(List.of(Instant.EPOCH, FIRST, SECOND, Instant.EPOCH), begins);
    }

    @Test
    void goesOnWhereAnotherReplicaStopped() {
        set("begun = now() - interval '1 hour', reached = timestamptz 'epoch' + interval '10 s'");
        purge.run(KIND, reaching((Instant) null));
        assertEquals(List.of(FIRST), begins);
    }

    @Test
    void leavesARestToWhoTookIt() {
        set("due = now() + interval '1 minute'");
        assertEquals(0, purge.run(KIND, reaching((Instant) null)));
        assertEquals(List.of(), begins);
    }

    /** The other one goes on, since it comes first after a rest. */
    @Test
    void endsWhenAnotherReplicaHasTakenOver() {
        purge.run(KIND, from -> {
            begins.add(from);
            // Committed after the turn, whose transaction holds the row.
            new Thread(() -> set("due = now() + interval '1 minute'")).start();
            sleep(Duration.ofMillis(100));
            return new Purge.Batch(1, FIRST);
        });
        assertEquals(List.of(Instant.EPOCH), begins);
    }

    @Test
    void isNotLateAfterAPauseOfAllReplicas() {
        set("begun = now() - interval '3 days', reached = null, due = now() - interval '2 days'");
        Duration resumed = duration();
        set("begun = now() - interval '3 days', reached = null, due = now()");
        Duration hurried = duration();
        assertTrue(hurried.multipliedBy(3).compareTo(resumed) < 0, hurried + " instead of " + resumed);
    }

    /** Such as after a restore of a part of the database, or with its clock having been ahead. */
    @Test
    void findsItsWayWithoutItsRowOrWithAWrongOne() {
        Postgres.execute(ServiceDatabase.url(), "delete from purges where kind = ?", KIND);
        assertEquals(1, purge.run(KIND, reaching((Instant) null)));
        set("due = now() + interval '1 day'");
        assertEquals(1, purge.run(KIND, reaching((Instant) null)));
    }

    @Test
    void restsLessWhenADayWasNotEnough() {
        Duration usual = duration();
        set("begun = now() - interval '25 hours', reached = null");
        Duration hurried = duration();
        assertTrue(hurried.multipliedBy(3).compareTo(usual) < 0, hurried + " instead of " + usual);
    }

    private Duration duration() {
        long begin = System.nanoTime();
        purge.run(KIND, from -> {
            sleep(Duration.ofMillis(10));
            return new Purge.Batch(0, from.equals(Instant.EPOCH) ? FIRST : null);
        });
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /** One row deleted by the first batch, two by the second and so on. */
    private Function<Instant, Purge.Batch> reaching(Instant... ends) {
        List<Instant> left = new ArrayList<>(Arrays.asList(ends));
        return from -> {
            begins.add(from);
            Instant reached = left.remove(0);
            return new Purge.Batch(ends.length - left.size(), reached);
        };
    }

    private static void sleep(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void set(String what) {
        String url = ServiceDatabase.url();
        Postgres.execute(url, "insert into purges (kind) values (?) on conflict do nothing", KIND);
        Postgres.execute(url, "update purges set " + what + " where kind = ?", KIND);
    }
}
