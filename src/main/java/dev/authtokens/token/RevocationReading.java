package dev.authtokens.token;

import dev.authtokens.database.Statements;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one statement read from the revocation log, and from which server.
 *
 * @param isComplete whether the triggers that write the log are there and enabled
 * @param snapshot of the statement, which the next reading begins at
 * @param lastId largest id in the log; 0 when it is empty
 */
record RevocationReading(
        Server server,
        boolean isStandby,
        boolean isComplete,
        String snapshot,
        long lastId,
        Instant databaseTime,
        List<Row> rows) {

    /** After a longer gap, by the server's clock, a replica starts anew: rows may be deleted once they are a minute old. */
    static final Duration MAX_GAP = Duration.ofSeconds(30);

    /** More rows than this in one reading invalidate everything, instead of each. */
    static final int MAX_ROWS = 1000;

    /**
     * The rows of transactions that became visible since the previous snapshot, if any: those that began after it, and those
     * that were in progress. A transaction that stays open, also in another database, does not make this slower.
     */
    private static final String READ = """
            with previous as (select cast(? as pg_snapshot) as snapshot)
            select %1$s, pg_postmaster_start_time(), 'revocations'::regclass::oid || ' ' || triggers.versions,
                   pg_is_in_recovery(), triggers.number = 4,
                   pg_current_snapshot()::text, (select coalesce(max(id), 0) from revocations),
                   clock_timestamp(), unread.*
            from previous cross join (
                select count(*) as number, coalesce(string_agg(oid || '.' || xmin, ' ' order by oid), '') as versions
                from pg_trigger
                where tgrelid in ('auth_tokens'::regclass, 'users'::regclass, 'token_validity'::regclass)
                  and tgname in ('auth_tokens_revoked', 'auth_tokens_changed', 'users_changed', 'token_validity_changed')
                  and tgenabled in ('O', 'A')) as triggers
            left join lateral (
                (select digest, user_id, at from revocations
                 where xid >= pg_snapshot_xmax(previous.snapshot) order by xid limit %2$d)
                union all
                select digest, user_id, at from revocations
                where xid = any(array(select pg_snapshot_xip(previous.snapshot)))
                limit %2$d) as unread on true""";

    /** Two functions that some managed services refuse; the others tell servers apart too. */
    private static final String SYSTEM_AND_TIMELINE = """
            (select system_identifier from pg_control_system()),
            case when pg_is_in_recovery() then '' else left(pg_walfile_name(pg_current_wal_lsn()), 8) end""";

    static final String FULL = READ.formatted(SYSTEM_AND_TIMELINE, MAX_ROWS + 1);
    static final String WITHOUT_SYSTEM = READ.formatted("0, ''", MAX_ROWS + 1);

    /**
     * Identity of a server, which a restart, a promotion or a restore changes.
     *
     * @param objects ids of the log and its triggers, with the transaction that last changed each: a restore changes them, also
     *     one of the data alone that disables the triggers meanwhile
     */
    record Server(long system, String timeline, Instant startedAt, String objects) {

        /** Whether it is a former primary, which another server of the same system has replaced. */
        boolean isOlderThan(Server other) {
            return system == other.system() && timeline.compareTo(other.timeline()) < 0;
        }
    }

    /** @param digest and user id: one of them, or neither for everything */
    record Row(byte[] digest, Long userId, Instant at) {}

    /** @param previous null for the first reading, which finds no rows */
    static RevocationReading read(Connection connection, String sql, RevocationReading previous) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, previous == null ? null : previous.snapshot());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                Server server =
                        new Server(row.getLong(1), row.getString(2), Statements.instant(row, 3), row.getString(4));
                boolean isStandby = row.getBoolean(5);
                boolean isComplete = row.getBoolean(6);
                String snapshot = row.getString(7);
                long lastId = row.getLong(8);
                Instant databaseTime = Statements.instant(row, 9);
                return new RevocationReading(
                        server, isStandby, isComplete, snapshot, lastId, databaseTime, readRows(row));
            }
        }
    }

    private static List<Row> readRows(ResultSet row) throws SQLException {
        List<Row> rows = new ArrayList<>();
        do {
            Instant at = Statements.instant(row, 12);
            if (at != null) {
                rows.add(new Row(row.getBytes(10), row.getObject(11, Long.class), at));
            }
        } while (row.next());
        return rows;
    }

    /** Whether it is of the same server and log as the previous one, and nothing of the log was lost. */
    boolean continues(RevocationReading previous) {
        return server.equals(previous.server()) && (lastId == 0 || lastId >= previous.lastId());
    }

    /** Whether rows may have been deleted since the previous reading that neither has found. */
    boolean mayLackRowsSince(RevocationReading previous) {
        return !databaseTime.isBefore(previous.databaseTime().plus(MAX_GAP));
    }

    void invalidate(TokenCache cache) {
        boolean everything =
                rows.size() > MAX_ROWS || rows.stream().anyMatch(row -> row.digest() == null && row.userId() == null);
        if (everything) {
            cache.invalidateAll();
            return;
        }
        cache.invalidate(rows.stream().map(Row::digest).filter(Objects::nonNull).toList());
        Set<Long> accounts =
                rows.stream().map(Row::userId).filter(Objects::nonNull).collect(Collectors.toSet());
        if (!accounts.isEmpty()) {
            cache.invalidateAccounts(accounts);
        }
    }
}
