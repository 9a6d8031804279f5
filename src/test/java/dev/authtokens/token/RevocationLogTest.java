package dev.authtokens.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.access.Role;
import dev.authtokens.database.BatchedDeletion;
import dev.authtokens.database.Statements;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import dev.authtokens.problem.DatabaseFailure;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.Readiness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every change in the database invalidates the cache, also one that is made by hand. */
@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class RevocationLogTest {

    @Inject
    TokenStore tokens;

    @Inject
    TokenCache cache;

    @Inject
    RevocationLog log;

    @Inject
    @Readiness
    RevocationLogHealth health;

    @Inject
    BatchedDeletion deletion;

    @Inject
    TrustedServer trustedServer;

    @Inject
    TokenPurge purge;

    @Inject
    Statements statements;

    @Inject
    AgroalDataSource dataSource;

    @Inject
    MeterRegistry metrics;

    /** In seconds. */
    @ConfigProperty(name = "quarkus.datasource.jdbc.additional-jdbc-properties.socketTimeout")
    int socketTimeout;

    private String email;
    private TokenSecret token;

    @BeforeEach
    void cacheAToken() {
        await(cache::isTrusted);
        email = Accounts.create();
        token = TokenSecret.parse(Accounts.token(email)).orElseThrow();
        assertTrue(isValid());
        await(this::isCached);
    }

    @Test
    void readsADeletedToken() {
        sql("delete from auth_tokens where digest = ?", token.digest());
        await(() -> !isValid());
    }

    @Test
    void readsManyTokensDeletedAtOnce() {
        sql("""
                insert into auth_tokens (digest, id, user_id, created_at)
                select sha256(n::text::bytea), gen_random_uuid(), u.id, now()
                from generate_series(1, 5000) n, users u where u.email = ?""", email);
        assertEquals(
                5001, sql("delete from auth_tokens where user_id = (select id from users where email = ?)", email));
        await(() -> !isValid());
    }

    @Test
    void readsATruncatedTable() {
        sql("truncate auth_tokens");
        await(() -> !isValid());
    }

    @Test
    void readsADeletedAccount() {
        sql("delete from users where email = ?", email);
        await(() -> !isValid());
    }

    @Test
    void readsAnExpiryAndItsRemoval() {
        sql("update users set expires_at = now() - interval '1 hour' where email = ?", email);
        await(() -> !isValid());
        sql("update users set expires_at = null where email = ?", email);
        await(this::isValid);
    }

    @Test
    void readsANewRole() {
        sql("update users set role = 'ADMIN' where email = ?", email);
        await(() -> tokens.verify(token)
                        .toCompletableFuture()
                        .join()
                        .orElseThrow()
                        .owner()
                        .role()
                == Role.ADMIN);
    }

    @Test
    void readsTransactionsThatCommitInAnotherOrderThanTheyWrite() throws Exception {
        TokenSecret second = TokenSecret.parse(Accounts.token(email)).orElseThrow();
        try (Connection early = connect();
                Connection late = connect()) {
            delete(early, token);
            delete(late, second);
            late.commit();
            await(() -> !isValid(second));
            // Many readings later, with ids beyond those of the first transaction.
            Thread.sleep(500);
            assertTrue(isValid());
            early.commit();
            await(() -> !isValid());
        }
    }

    @Test
    void readsOnWhileATransactionThatWritesStaysOpen() throws Exception {
        try (Connection open = connect()) {
            update(open, "update users set email = email where email = ?");
            sql("delete from auth_tokens where digest = ?", token.digest());
            await(() -> !isValid());
            await(cache::isTrusted);
            open.rollback();
        }
    }

    /** Where a machine that is busy drops the whole cache meanwhile, it is tried again. */
    @Test
    void ignoresATransactionThatIsRolledBack() {
        Await.until("it is invalidated", () -> {
            await(this::isCached);
            try (Connection undecided = connect()) {
                delete(undecided, token);
                undecided.rollback();
            }
            awaitReading();
            return isCached();
        });
        assertTrue(isValid());
    }

    /** Until the log has been read once more: what is revoked now is known. */
    private void awaitReading() {
        TokenSecret marker = TokenSecret.parse(Accounts.token(email)).orElseThrow();
        assertTrue(isValid(marker));
        sql("delete from auth_tokens where digest = ?", marker.digest());
        await(() -> !isValid(marker));
    }

    @Test
    void doesNotLogTheDeletionOfExpiredTokens() {
        long before = logged();
        QuarkusTransaction.requiringNew()
                .run(() -> deletion.run("tokens", from -> {
                    assertEquals(1, statements.update("delete from auth_tokens where digest = ?", token.digest()));
                    return new BatchedDeletion.Batch(1, null);
                }));
        assertEquals(before, logged());
    }

    @Test
    void deletesOldRows() {
        sql(
                "insert into revocations (kind, digest, at) values ('TOKEN', ?, now() - interval '61 minutes')",
                token.digest());
        sql(
                "insert into revocations (kind, digest, at) values ('TOKEN', ?, now() - interval '59 minutes')",
                token.digest());
        purge.deleteOldRevocations();
        purge.deleteOldRevocations();
        assertEquals(List.of(1L), loggedBefore());
    }

    /** A replica may not have read it yet. */
    @Test
    void keepsARowThatWasOldWhenItsTransactionCommitted() {
        purge.deleteOldRevocations();
        sql(
                "insert into revocations (kind, digest, at) values ('TOKEN', ?, now() - interval '61 minutes')",
                token.digest());
        purge.deleteOldRevocations();
        assertEquals(List.of(1L), loggedBefore());
        purge.deleteOldRevocations();
        assertEquals(List.of(0L), loggedBefore());
    }

    private List<Object> loggedBefore() {
        return query(
                "select count(*) from revocations where digest = ? and at < now() - interval '1 minute'",
                token.digest());
    }

    @Test
    void aLoginIsValidWhenTheClockWasPutBackAfterEverythingWasRevoked() {
        sql("update token_validity set valid_from = now() + interval '10 minutes'");
        try {
            assertTrue(isValid(
                    TokenSecret.parse(Api.token(email, Accounts.PASSWORD)).orElseThrow()));
        } finally {
            sql("update token_validity set valid_from = 'epoch'");
        }
    }

    /** Such as after its restart, or after a restore to another one. */
    @Test
    void readsTokensFromAnotherServerWhoseTriggersAreMissing() {
        sql("alter table auth_tokens disable trigger auth_tokens_revoked");
        try {
            await(() -> reason().contains("triggers"));
            trustedServer.set(Instant.EPOCH);
            await(() -> {
                try {
                    return isValid();
                } catch (CompletionException e) {
                    return false;
                }
            });
        } finally {
            sql("alter table auth_tokens enable trigger auth_tokens_revoked");
        }
        await(cache::isTrusted);
    }

    @Test
    void revokesTheTokensOfEverybodyAtOnce() {
        Instant until = tokens.revokeEveryone(null);
        assertFalse(isValid());
        assertEquals(List.of(), tokens.list(userId(), null, null, 10));
        assertFalse(until.isAfter(Instant.now().plusSeconds(60)));
        TokenSecret next = TokenSecret.parse(Accounts.token(email)).orElseThrow();
        assertTrue(isValid(next));
        // An earlier moment changes nothing, since the later one is in force.
        assertEquals(until, tokens.revokeEveryone(until.minusSeconds(3600)));
        assertTrue(isValid(next));
    }

    @Test
    void revokesOnlyWhatWasIssuedUpToAMoment() {
        // Another test may have revoked everything a moment ago, and with it what is made old here.
        sql("update token_validity set valid_from = 'epoch'");
        Accounts.ageTokens(email, "2 hours");
        await(this::isValid);
        TokenSecret recent = TokenSecret.parse(Accounts.token(email)).orElseThrow();
        assertEquals(
                1,
                sql("update token_validity set valid_from = now() - interval '1 hour'"
                        + " where valid_from < now() - interval '1 hour'"));
        await(() -> !isValid());
        assertTrue(isValid(recent));
    }

    @Test
    void staysTrustedWhileAllOtherConnectionsAreBusy() throws Exception {
        List<Connection> busy = new ArrayList<>();
        AgroalConnectionPoolConfiguration settings =
                dataSource.getConfiguration().connectionPoolConfiguration();
        Duration patience = settings.acquisitionTimeout();
        try {
            // The pool gives no more: one is kept for the readings.
            int others = settings.maxSize() - 1;
            for (int i = 0; i < others; i++) {
                busy.add(dataSource.getConnection());
            }
            settings.setAcquisitionTimeout(Duration.ofSeconds(2));
            // If a reading comes too late, its connection is free for a moment.
            await(this::isNoneFree);
            // Since longer than a reading is trusted, another connection was waited for.
            await(cache::isTrusted);
        } finally {
            settings.setAcquisitionTimeout(patience);
            for (Connection connection : busy) {
                connection.close();
            }
        }
    }

    private boolean isNoneFree() {
        try {
            dataSource.getConnection().close();
            return false;
        } catch (SQLException none) {
            return true;
        }
    }

    @Test
    void exchangesItsConnectionWhenTokensAreReadFromAnotherServer() {
        String before = reader();
        assertThrows(PersistenceException.class, () -> trustedServer.require(Instant.EPOCH, false));
        await(() -> !before.equals(reader()));
        await(cache::isTrusted);
        assertTrue(isValid());
    }

    @Test
    void refusesAStandbyAndAFormerPrimary() throws Exception {
        RevocationReading reading;
        try (Connection connection = connect()) {
            reading = RevocationReading.read(connection, RevocationReading.FULL, null);
        }
        RevocationReading.Server server = reading.server();
        log.requireCurrent(reading);
        Instant now = Instant.now();
        // A standby shows no timeline.
        RevocationReading.Server standby =
                new RevocationReading.Server(server.system(), "", Instant.EPOCH, server.objects());
        SQLException ofStandby = assertThrows(
                SQLException.class,
                () -> log.requireCurrent(new RevocationReading(standby, true, true, "1:1:", 0, now, List.of())));
        assertTrue(DatabaseFailure.isUnreachable(ofStandby), "it would end the grace of an outage");
        RevocationReading.Server former =
                new RevocationReading.Server(server.system(), "00000000", Instant.EPOCH, server.objects());
        SQLException ofFormer = assertThrows(
                SQLException.class,
                () -> log.requireCurrent(new RevocationReading(former, false, true, "1:1:", 0, now, List.of())));
        assertFalse(DatabaseFailure.isUnreachable(ofFormer));
        assertThrows(PersistenceException.class, () -> trustedServer.require(Instant.EPOCH, false));
        await(cache::isTrusted);
    }

    /** As by a restore of some tables only: the log stays, and the cached token is nowhere any more. */
    @Test
    void noticesThatATableWasReplaced() {
        sql("""
                do 'begin
                    alter table auth_tokens rename to auth_tokens_before;
                    create table auth_tokens (like auth_tokens_before including all);
                end'""");
        try {
            await(() -> !isValid());
            await(() -> reason().contains("triggers"));
            assertFalse(cache.isTrusted());
        } finally {
            sql("""
                    do 'begin
                        drop table auth_tokens;
                        alter table auth_tokens_before rename to auth_tokens;
                    end'""");
        }
        await(cache::isTrusted);
        assertTrue(isValid());
    }

    /** As by a restore of the data alone, which disables the triggers meanwhile. */
    @Test
    void noticesThatTriggersWereDisabledBetweenTwoReadings() {
        sql("""
                do 'begin
                    alter table auth_tokens disable trigger all;
                    delete from auth_tokens;
                    alter table auth_tokens enable trigger all;
                end'""");
        await(() -> !isValid());
        await(cache::isTrusted);
    }

    /** As long as a transaction is open, all later snapshots begin with it. */
    @Test
    void readsFewRowsOfALongLogWhileATransactionIsOpen() throws Exception {
        try (Connection open = dataSource.getConnection();
                Statement transaction = open.createStatement();
                Connection reader = dataSource.getConnection()) {
            open.setAutoCommit(false);
            // However long the others take.
            transaction.execute("set local idle_in_transaction_session_timeout = 0");
            transaction.execute("insert into revocations (kind, user_id) values ('ACCOUNT', 7)");
            sql("""
                    do 'begin
                        for i in 1..5000 loop
                            insert into revocations (kind, user_id) values (''ACCOUNT'', 0);
                            commit;
                        end loop;
                    end'""");
            sql("analyze revocations");
            reader.setAutoCommit(false);
            try (Statement setting = reader.createStatement()) {
                // As after some executions, when the snapshot is not known to the plan.
                setting.execute("set local plan_cache_mode = force_generic_plan");
            }
            RevocationReading before = RevocationReading.read(reader, RevocationReading.FULL, null);
            long readBefore = rowsRead(reader);
            assertEquals(
                    List.of(),
                    RevocationReading.read(reader, RevocationReading.FULL, before)
                            .rows());
            open.commit();
            assertEquals(
                    List.of(7L),
                    RevocationReading.read(reader, RevocationReading.FULL, before).rows().stream()
                            .map(RevocationReading.Row::userId)
                            .toList());
            assertTrue(rowsRead(reader) - readBefore < 100, "the log is read from its beginning");
            reader.rollback();
        }
    }

    @Test
    void findsOldRowsByTheIndex() {
        sql("insert into revocations (kind, user_id) select 'ACCOUNT', 0 from generate_series(1, 5000)");
        sql("analyze revocations");
        String plan = Postgres.query(
                        ServiceDatabase.url(), "explain " + TokenPurge.DELETE_OLD_REVOCATIONS, 3600.0, "1:1:", 200)
                .toString();
        assertTrue(plan.contains("Index Cond: (at <"), plan);
    }

    /** Rows of the log that the transaction of this connection read. */
    private static long rowsRead(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)"
                        + " from pg_stat_xact_user_tables where relname = 'revocations'")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** Each reading that fails takes a connection of the pool, and gives it back. */
    @Test
    void leavesNoShorterTimeoutOnConnectionsThatItGivesBack() throws Exception {
        sql("alter table auth_tokens disable trigger auth_tokens_revoked");
        List<Integer> timeouts = new ArrayList<>();
        try {
            await(() -> reason().contains("triggers"));
            for (int i = 0; i < 20; i++) {
                try (Connection connection = dataSource.getConnection()) {
                    timeouts.add(connection.getNetworkTimeout());
                }
                Thread.sleep(100);
            }
        } finally {
            sql("alter table auth_tokens enable trigger auth_tokens_revoked");
        }
        assertEquals(Set.of(socketTimeout * 1000), Set.copyOf(timeouts));
        await(cache::isTrusted);
    }

    private String reason() {
        return String.valueOf(health.call().getData().orElseThrow().get("read"));
    }

    @Test
    void readsWithoutTheFunctionsThatSomeServicesRefuse() throws Exception {
        try (Connection connection = connect()) {
            RevocationReading first = RevocationReading.read(connection, RevocationReading.WITHOUT_SYSTEM, null);
            RevocationReading second = RevocationReading.read(connection, RevocationReading.WITHOUT_SYSTEM, first);
            assertTrue(second.continues(first));
        }
    }

    @Test
    void deletesTheTokensThatWereRevokedForEverybody() {
        tokens.revokeEveryone(null);
        long before = logged();
        purge.purge();
        assertEquals(List.of(0L), query("select count(*) from auth_tokens where digest = ?", token.digest()));
        assertEquals(before, logged());
    }

    /** The backend that reads the log. */
    private static String reader() {
        return query("select pid from pg_stat_activity where query like '%pg_snapshot%' and pid <> pg_backend_pid()"
                        + " and datname = current_database()"
                        + " order by state_change desc limit 1")
                .toString();
    }

    @Test
    void dropsTheCacheWithoutItsConnectionAndRecovers() {
        query(
                "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_snapshot%' and pid <> pg_backend_pid()");
        // It may have been revoked unnoticed, so it is read again; the cache may be trusted again within milliseconds.
        await(() -> !isCached());
        await(cache::isTrusted);
        await(() -> reason().equals("yes"));
        assertTrue(isValid());
    }

    /** As by psql, where the tables of another installation are found first. */
    @Test
    void readsWhatWasDeletedUnderAnotherSearchPath() throws SQLException {
        try (Connection psql = connect();
                Statement statement = psql.createStatement()) {
            statement.execute("create schema other");
            statement.execute("create table other.revocations (like public.revocations including all)");
            statement.execute("set local search_path = other");
            statement.execute("delete from public.auth_tokens where user_id ="
                    + " (select id from public.users where email = '" + email + "')");
            psql.commit();
            assertEquals(
                    1,
                    Postgres.query(ServiceDatabase.url(), "select 1 from public.revocations where digest = ?", (Object)
                                    token.digest())
                            .size());
            await(() -> !isValid());
        } finally {
            sql("drop schema if exists other cascade");
        }
    }

    private static Connection connect() throws SQLException {
        Connection connection = Postgres.connect(ServiceDatabase.url());
        connection.setAutoCommit(false);
        return connection;
    }

    private static void delete(Connection connection, TokenSecret secret) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("delete from auth_tokens where digest = ?")) {
            statement.setBytes(1, secret.digest());
            assertEquals(1, statement.executeUpdate());
        }
    }

    private void update(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, email);
            statement.executeUpdate();
        }
    }

    private long userId() {
        return (Long) query("select id from users where email = ?", email).get(0);
    }

    private static long logged() {
        return (Long) query("select count(*) from revocations").get(0);
    }

    private static List<Object> query(String sql, Object... parameters) {
        return Postgres.query(ServiceDatabase.url(), sql, parameters);
    }

    private boolean isValid(TokenSecret secret) {
        return tokens.verify(secret).toCompletableFuture().join().isPresent();
    }

    private boolean isValid() {
        return tokens.verify(token).toCompletableFuture().join().isPresent();
    }

    /** Whether a check is a hit; it reads the token if it is none. */
    private boolean isCached() {
        double before = hits();
        isValid();
        return hits() > before;
    }

    private double hits() {
        return metrics.get("cache.gets")
                .tags("cache", "tokens", "result", "hit")
                .functionCounter()
                .count();
    }

    private static int sql(String statement, Object... parameters) {
        return Postgres.execute(ServiceDatabase.url(), statement, parameters);
    }

    private static void await(Await.Condition condition) {
        Await.until("it does not become so", condition);
    }
}
