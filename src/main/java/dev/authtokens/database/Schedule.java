package dev.authtokens.database;

import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Repeats work in the background, at intervals of monotonic time: Quarkus' scheduler goes by the clock of the machine, so that
 * one that is put back stops it. It is an event too, fired once the service has started: what observes it adds its work.
 */
@Singleton
public class Schedule {

    private static final Logger LOG = Logger.getLogger(Schedule.class);

    /** More than there is work to repeat: a deletion may take hours, and delays nothing else. */
    private static final int THREADS = 8;

    private static final Duration FIRST = Duration.ofSeconds(10);

    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(THREADS, work -> {
        Thread thread = new Thread(work, "schedule");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Runnable> last = new ArrayList<>();

    /** Does the work soon, and again each time that the interval has passed since its end, also after a failure. */
    public void every(Duration interval, Runnable work) {
        threads.scheduleWithFixedDelay(
                () -> run(work, interval), FIRST.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** As {@link #every}, and once more when the service stops, perhaps while the work still runs in another thread. */
    public void everyAndAtStop(Duration interval, Runnable work) {
        last.add(work);
        every(interval, work);
    }

    private static void run(Runnable work, Duration interval) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            LOG.errorf(e, "Work in the background failed. It is done again after %s; check the database", interval);
        }
    }

    void stop(@Observes ShutdownEvent stop) {
        threads.shutdown();
        last.forEach(Runnable::run);
    }
}
