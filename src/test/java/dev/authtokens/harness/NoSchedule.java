package dev.authtokens.harness;

import dev.authtokens.database.Schedule;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Tests call the work in the background themselves. */
@Alternative
@Priority(1)
@Singleton
class NoSchedule extends Schedule {

    @Override
    public void every(Duration interval, Runnable work) {}
}
