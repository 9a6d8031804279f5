package dev.authtokens.database;

import dev.authtokens.ServiceConfig;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether the database can be reached, as the readings of the revocation log find out, and for how long after the last of them
 * tokens that were valid then are accepted: the grace, which is none by default.
 */
@Singleton
public class Outage {

    private final Duration grace;

    /** {@link System#nanoTime}; null until the database was reached. */
    private volatile Long lastReached;

    private volatile boolean present;

    Outage(ServiceConfig config) {
        this.grace = config.cache().outageGrace();
    }

    public boolean hasGrace() {
        return !grace.isZero();
    }

    public Duration grace() {
        return grace;
    }

    /** @param isPresent true when no connection could be made; false when the server answered, whatever it said */
    public void set(boolean isPresent) {
        present = isPresent;
    }

    /** @param nanoTime {@link System#nanoTime} up to which every revocation is known */
    public void reached(long nanoTime) {
        lastReached = nanoTime;
        present = false;
    }

    /** Whether no connection can be made, within the grace. */
    public boolean isInGrace() {
        return present && age().isPresent();
    }

    /** Time since the database was last reached; empty when that is longer than the grace, or when there is none. */
    public Optional<Duration> age() {
        Long reached = lastReached;
        return Optional.ofNullable(reached)
                .map(time -> Duration.ofNanos(System.nanoTime() - time))
                .filter(age -> age.compareTo(grace) < 0);
    }
}
