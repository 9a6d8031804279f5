package dev.authtokens.harness;

import dev.authtokens.database.Schedule;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Tests call the work in the background themselves. */
@Alternative
@Priority(1)
@Singleton
class NoSchedule extends Schedule {

    NoSchedule(Event<Schedule> started) {
        super(started);
    }

    @Override
    public void every(String name, Duration interval, Runnable work) {}
}
