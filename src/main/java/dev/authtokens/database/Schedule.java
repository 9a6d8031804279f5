package dev.authtokens.database;

import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Event;
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
 * one that is put back stops it. {@link #start} fires it as an event: what observes it adds its work.
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
    private final Event<Schedule> started;

    protected Schedule(Event<Schedule> started) {
        this.started = started;
    }

    /** Begins the work in the background. Not called by commands. */
    public void start() {
        started.fire(this);
    }

    /**
     * Does the work soon, and again each time that the interval has passed since its end, also after a failure.
     *
     * @param name of the work, for the log
     */
    public void every(String name, Duration interval, Runnable work) {
        threads.scheduleWithFixedDelay(
                () -> run(name, interval, work), FIRST.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** As {@link #every}, and once more when the service stops, perhaps while the work still runs in another thread. */
    public void everyAndAtStop(String name, Duration interval, Runnable work) {
        last.add(work);
        every(name, interval, work);
    }

    private static void run(String name, Duration interval, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            LOG.errorf(
                    e,
                    "The %s failed. Requests are answered all the same, and it is tried again after %s; check the database",
                    name,
                    interval);
        }
    }

    void stop(@Observes ShutdownEvent stop) {
        threads.shutdown();
        last.forEach(Runnable::run);
    }
}
