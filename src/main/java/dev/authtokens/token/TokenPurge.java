package dev.authtokens.token;

import dev.authtokens.Purge;
import dev.authtokens.ServiceConfig;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jboss.logging.Logger;

/** Deletes tokens whose life is over. */
@ApplicationScoped
class TokenPurge {

    private static final Logger LOG = Logger.getLogger(TokenPurge.class);
    private static final int LOCK = 0x70757267;

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
    private final Purge purge;
    private final TokenLife life;
    private final Clock clock;

    TokenPurge(EntityManager entityManager, Purge purge, ServiceConfig config, Clock clock) {
        this.entityManager = entityManager;
        this.purge = purge;
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
        long deleted = purge.run(LOCK, this::deleteBatch);
        if (deleted > 0) {
            LOG.infof("Deleted %d expired tokens", deleted);
        }
    }

    private int deleteBatch() {
        TokenLife.Cutoffs cutoffs = life.cutoffs(Instant.now(clock).minus(MARGIN));
        return entityManager
                .createNativeQuery(DELETE)
                .setParameter("created", cutoffs.created())
                .setParameter("used", cutoffs.used())
                .setParameter("createdUnused", cutoffs.createdUnused())
                .setParameter("batch", Purge.BATCH)
                .executeUpdate();
    }
}
