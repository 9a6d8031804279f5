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

    /** Another replica may know of a later use that it has not written yet: twice the longest interval of that. */
    private static final Duration MARGIN = Duration.ofMinutes(2);

    /**
     * Goes on from where the batch before ended, by the time of issue, which bounds all three; so no row is looked at twice
     * in one walk. Says the same as {@link TokenLife#isOver}. Rows are found by where they lie, next to each other: their
     * digests lie all over the index. One that is updated meanwhile lies elsewhere, and stays until the next walk.
     */
    private static final String DELETE = """
            with slice as materialized (
                select ctid as place, created_at from auth_tokens
                where created_at > :from and created_at <= :youngest
                order by created_at fetch first :batch rows with ties
            ), deleted as (
                delete from auth_tokens where ctid = any(array(
                    select t.ctid from auth_tokens t
                    where t.ctid = any(array(select place from slice))
                      and (t.created_at <= :created
                           or coalesce(t.last_used_at, t.created_at) <= :used
                           or (t.last_used_at is null and t.created_at <= :createdUnused))
                    for update skip locked))
                returning 1
            )
            select max(created_at), count(*), (select count(*) from deleted) from slice""";

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
        TokenLife.Cutoffs cutoffs = life.cutoffs(Instant.now(clock).minus(MARGIN));
        long deleted = purge.run("tokens", from -> deleteBatch(cutoffs, from));
        if (deleted > 0) {
            LOG.infof("Deleted %d expired tokens", deleted);
        }
    }

    private Purge.Batch deleteBatch(TokenLife.Cutoffs cutoffs, Instant from) {
        Object[] slice = (Object[]) entityManager
                .createNativeQuery(DELETE)
                .setParameter("from", from)
                .setParameter("youngest", cutoffs.youngest())
                .setParameter("created", cutoffs.created())
                .setParameter("used", cutoffs.used())
                .setParameter("createdUnused", cutoffs.createdUnused())
                .setParameter("batch", Purge.BATCH)
                .getSingleResult();
        boolean last = (Long) slice[1] < Purge.BATCH;
        return new Purge.Batch((Long) slice[2], last ? null : (Instant) slice[0]);
    }
}
