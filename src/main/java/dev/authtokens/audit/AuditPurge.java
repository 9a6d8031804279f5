package dev.authtokens.audit;

import dev.authtokens.Purge;
import dev.authtokens.ServiceConfig;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jboss.logging.Logger;

/**
 * Deletes audit events whose retention is over, in batches.
 *
 * <p>Dropping a partition of each month instead is not worth it: in {@code src/bench/audit-deletion} nobody notices the
 * batches, and with the vacuum the table stays as large as one of partitions. Those would have to be made ahead of time, and
 * the key of the table could not be the id alone.
 */
@ApplicationScoped
class AuditPurge {

    private static final Logger LOG = Logger.getLogger(AuditPurge.class);

    private static final String DELETE = """
            delete from audit_events where id in (
                select id from audit_events where at <= :oldest order by at limit :batch for update skip locked)""";

    private final EntityManager entityManager;
    private final Purge purge;
    private final Duration retention;
    private final Clock clock;

    AuditPurge(EntityManager entityManager, Purge purge, ServiceConfig config, Clock clock) {
        this.entityManager = entityManager;
        this.purge = purge;
        this.retention = config.audit().retention();
        this.clock = clock;
    }

    @Scheduled(
            every = "${auth-tokens.audit.purge-interval}",
            delayed = "10s",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void purge() {
        Instant oldest = Instant.now(clock).minus(retention);
        long deleted = purge.run("audit events", from -> deleteBatch(oldest));
        if (deleted > 0) {
            LOG.infof("Deleted %d audit events from before %s", deleted, oldest);
        }
    }

    private Purge.Batch deleteBatch(Instant oldest) {
        int deleted = entityManager
                .createNativeQuery(DELETE)
                .setParameter("oldest", oldest)
                .setParameter("batch", Purge.BATCH)
                .executeUpdate();
        return Purge.Batch.of(deleted);
    }
}
