package dev.authtokens.token;

import dev.authtokens.ServiceConfig;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jboss.logging.Logger;

/** Deletes tokens whose life is over, in small transactions and on one replica at a time. */
@ApplicationScoped
class TokenPurge {

    private static final Logger LOG = Logger.getLogger(TokenPurge.class);
    private static final int BATCH = 1000;
    private static final int PURGE_LOCK = 0x70757267;

    /** Another replica may know of a later use that it has not written yet: twice the longest interval of that. */
    private static final Duration MARGIN = Duration.ofMinutes(2);

    /** Says the same as {@link TokenLife#isOver}. */
    private static final String DELETE = """
            delete from auth_tokens where digest in (
                select t.digest from auth_tokens t
                where t.created_at <= :created
                   or coalesce(t.last_used_at, t.created_at) <= :used
                   or (t.last_used_at is null and t.created_at <= :createdUnused)
                limit :batch
                for update skip locked)""";

    private final EntityManager entityManager;
    private final TokenLife life;
    private final Clock clock;

    TokenPurge(EntityManager entityManager, ServiceConfig config, Clock clock) {
        this.entityManager = entityManager;
        this.life = TokenLife.of(config.token());
        this.clock = clock;
    }

    @Scheduled(
            every = "${auth-tokens.token.purge-interval}",
            delayed = "10s",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void purge() {
        if (life.isEndless()) {
            return;
        }
        int purged = 0;
        int batch;
        do {
            batch = QuarkusTransaction.requiringNew().call(this::purgeBatch);
            purged += batch;
        } while (batch == BATCH);
        if (purged > 0) {
            LOG.infof("Deleted %d expired tokens", purged);
        }
    }

    private int purgeBatch() {
        Object alone = entityManager
                .createNativeQuery("select pg_try_advisory_xact_lock(?1)")
                .setParameter(1, PURGE_LOCK)
                .getSingleResult();
        if (!Boolean.TRUE.equals(alone)) {
            return 0;
        }
        TokenLife.Cutoffs cutoffs = life.cutoffs(Instant.now(clock).minus(MARGIN));
        return entityManager
                .createNativeQuery(DELETE)
                .setParameter("created", cutoffs.created())
                .setParameter("used", cutoffs.used())
                .setParameter("createdUnused", cutoffs.createdUnused())
                .setParameter("batch", BATCH)
                .executeUpdate();
    }
}
