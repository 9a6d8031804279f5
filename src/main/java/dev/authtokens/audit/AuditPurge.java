package dev.authtokens.audit;

import dev.authtokens.ServiceConfig;
import dev.authtokens.database.BatchedDeletion;
import dev.authtokens.database.DatabaseClock;
import dev.authtokens.database.Schedule;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import org.jboss.logging.Logger;

/** Deletes audit events after their retention, in batches. */
@ApplicationScoped
class AuditPurge {

    private static final Logger LOG = Logger.getLogger(AuditPurge.class);

    private static final String DELETE = """
            delete from audit_events where id in (
                select id from audit_events where at <= ? order by at limit ? for update skip locked)""";

    private final BatchedDeletion deletion;
    private final Duration retention;
    private final DatabaseClock clock;

    AuditPurge(BatchedDeletion deletion, ServiceConfig config, DatabaseClock clock) {
        this.deletion = deletion;
        this.retention = config.audit().retention();
        this.clock = clock;
    }

    void repeat(@Observes Schedule schedule, ServiceConfig config) {
        schedule.every("deletion of old audit events", config.audit().purgeInterval(), this::purge);
    }

    void purge() {
        Instant oldest = clock.read().minus(retention);
        long deleted = deletion.run("audit events", DELETE, oldest);
        if (deleted > 0) {
            LOG.infof("Deleted %d audit events from before %s, the end of their retention", deleted, oldest);
        }
    }
}
