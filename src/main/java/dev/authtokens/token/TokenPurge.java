package dev.authtokens.token;

import dev.authtokens.ServiceConfig;
import dev.authtokens.database.BatchedDeletion;
import dev.authtokens.database.DatabaseClock;
import dev.authtokens.database.Schedule;
import dev.authtokens.database.Statements;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.jboss.logging.Logger;

/** Deletes expired tokens, those that were revoked for everybody, and old rows of the revocation log, in batches. */
@ApplicationScoped
class TokenPurge {

    private static final Logger LOG = Logger.getLogger(TokenPurge.class);

    /**
     * Tokens that expired because they were not used are refused, but deleted this much later: a replica may know of a later use
     * that it could not write yet.
     */
    static final Duration MARGIN = Duration.ofDays(1);

    /**
     * Goes through the tokens in the order of their issue, up to the latest cutoff: none issued later has expired. Deletes those of
     * the next {@link BatchedDeletion#BATCH} that have expired by {@link TokenLifetime#expiresAt}, by their place on disk, since
     * neighbours by age are neighbours there. A row that is updated meanwhile moves, and is left for the next run.
     */
    private static final String DELETE = """
            with slice as materialized (
                select ctid as place, created_at from auth_tokens
                where created_at > ? and created_at <= greatest(?, ?, ?)
                order by created_at fetch first ? rows with ties
            ), deleted as (
                delete from auth_tokens where ctid = any(array(
                    select t.ctid from auth_tokens t
                    where t.ctid = any(array(select place from slice))
                      and (t.created_at <= ?
                           or coalesce(t.last_used_at, t.created_at) <= ?
                           or (t.last_used_at is null and t.created_at <= ?))
                    for update skip locked))
                returning 1
            )
            select max(created_at), count(*), (select count(*) from deleted) from slice""";

    /** Of tokens with a lifespan of their own, which are few. */
    private static final String DELETE_EXPIRED = """
            delete from auth_tokens where ctid = any(array(
                select ctid from auth_tokens where expires_at <= ? order by expires_at limit ? for update skip locked))""";

    /**
     * The snapshot spares rows that other replicas may not have read yet. The {@code select} around the time lets PostgreSQL search
     * the index by it.
     */
    static final String DELETE_OLD_REVOCATIONS = """
            delete from revocations where id in (
                select id from revocations
                where at < (select clock_timestamp() - make_interval(secs => ?))
                  and pg_visible_in_snapshot(xid, cast(? as pg_snapshot))
                order by at limit ? for update skip locked)""";

    /** Longer than a replica takes to read a row, or to detect that it cannot. */
    private static final Duration REVOCATION_INTERVAL = Duration.ofMinutes(1);

    private final Statements statements;
    private final TokenQueries queries;
    private final BatchedDeletion deletion;
    private final TokenLifetime lifetime;
    private final Duration revocationRetention;
    private final DatabaseClock clock;

    /** Of the previous deletion of old revocations; null before the first. */
    private String snapshot;

    TokenPurge(
            Statements statements,
            TokenQueries queries,
            BatchedDeletion deletion,
            ServiceConfig config,
            DatabaseClock clock) {
        this.statements = statements;
        this.queries = queries;
        this.deletion = deletion;
        this.lifetime = TokenLifetime.of(config.token());
        this.revocationRetention = config.revocation().retention();
        this.clock = clock;
    }

    void repeat(@Observes Schedule schedule, ServiceConfig config) {
        schedule.every("deletion of expired tokens", config.token().purgeInterval(), this::purge);
        schedule.every("deletion of old revocations", REVOCATION_INTERVAL, this::deleteOldRevocations);
    }

    void purge() {
        Instant now = clock.read();
        long deleted = deletion.run("tokens with a lifespan", DELETE_EXPIRED, now) + purgeByAge(now);
        if (deleted > 0) {
            LOG.infof("Deleted %d expired tokens", deleted);
        }
    }

    private long purgeByAge(Instant now) {
        TokenLifetime.Cutoffs cutoffs = lifetime.cutoffs(now, now.minus(MARGIN)).orCreated(queries.validFrom());
        return deletion.run("tokens", from -> deleteBatch(cutoffs, from));
    }

    private BatchedDeletion.Batch deleteBatch(TokenLifetime.Cutoffs cutoffs, Instant from) {
        return statements.query(
                DELETE,
                TokenPurge::read,
                from,
                cutoffs.created(),
                cutoffs.used(),
                cutoffs.createdUnused(),
                BatchedDeletion.BATCH,
                cutoffs.created(),
                cutoffs.used(),
                cutoffs.createdUnused());
    }

    private static BatchedDeletion.Batch read(ResultSet row) throws SQLException {
        row.next();
        boolean isLast = row.getLong(2) < BatchedDeletion.BATCH;
        return new BatchedDeletion.Batch(row.getLong(3), isLast ? null : Statements.instant(row, 1));
    }

    /** Those that were visible an interval ago, so that every replica has read them. */
    void deleteOldRevocations() {
        String previous = snapshot;
        snapshot = statements.query("select pg_current_snapshot()", Statements::firstText);
        if (previous != null) {
            deletion.run("revocations", DELETE_OLD_REVOCATIONS, (double) revocationRetention.toSeconds(), previous);
        }
    }
}
