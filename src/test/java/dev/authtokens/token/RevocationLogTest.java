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
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import io.agroal.api.AgroalDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every change in the database invalidates the cache, also one that is made by hand. */
@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class RevocationLogTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Inject
    TokenStore tokens;

    @Inject
    TokenCache cache;

    @Inject
    MeterRegistry metrics;

    @Inject
    RevocationLog log;

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

    private String email;
    private TokenSecret token;

    @BeforeEach
    void cacheAToken() {
        await(cache::isTrusted);
        email = Accounts.create();
        token = TokenSecret.parse(Api.token(email, Accounts.PASSWORD)).orElseThrow();
        assertTrue(isValid());
        assertTrue(isCached());
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
        TokenSecret second =
                TokenSecret.parse(Api.token(email, Accounts.PASSWORD)).orElseThrow();
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
            assertTrue(cache.isTrusted());
            open.rollback();
        }
    }

    @Test
    void ignoresATransactionThatIsRolledBack() throws Exception {
        double before = misses();
        try (Connection undecided = connect()) {
            delete(undecided, token);
            undecided.rollback();
        }
        Thread.sleep(500);
        assertTrue(isValid());
        assertEquals(before, misses(), "nothing was invalidated");
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
        log.deleteOld();
        assertEquals(
                List.of(1L),
                query(
                        "select count(*) from revocations where digest = ? and at < now() - interval '1 minute'",
                        token.digest()));
    }

    @Test
    void revokesTheTokensOfEverybodyAtOnce() {
        Instant until = tokens.revokeEverybody(null);
        assertFalse(isValid());
        assertEquals(List.of(), tokens.list(userId(), 10));
        assertFalse(until.isAfter(Instant.now().plusSeconds(60)));
        TokenSecret next =
                TokenSecret.parse(Api.token(email, Accounts.PASSWORD)).orElseThrow();
        assertTrue(isValid(next));
        // An earlier moment changes nothing, since the later one is in force.
        assertEquals(until, tokens.revokeEverybody(until.minusSeconds(3600)));
        assertTrue(isValid(next));
    }

    @Test
    void revokesOnlyWhatWasIssuedUpToAMoment() {
        Accounts.ageTokens(email, "2 hours");
        await(this::isValid);
        TokenSecret recent =
                TokenSecret.parse(Api.token(email, Accounts.PASSWORD)).orElseThrow();
        sql(
                "update token_validity set valid_from = now() - interval '1 hour' where valid_from < now() - interval '1 hour'");
        await(() -> !isValid());
        assertTrue(isValid(recent));
    }

    @Test
    void staysTrustedWhileAllOtherConnectionsAreBusy() throws Exception {
        List<Connection> busy = new ArrayList<>();
        try {
            // The pool gives no more: one is kept for the readings.
            int others =
                    dataSource.getConfiguration().connectionPoolConfiguration().maxSize() - 1;
            for (int i = 0; i < others; i++) {
                busy.add(dataSource.getConnection());
            }
            assertThrows(SQLException.class, dataSource::getConnection);
            for (int i = 0; i < 20; i++) {
                assertTrue(cache.isTrusted());
                Thread.sleep(100);
            }
        } finally {
            for (Connection connection : busy) {
                connection.close();
            }
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
        assertThrows(
                SQLException.class,
                () -> log.requireCurrent(new RevocationReading(server, true, "1:1:", 0, now, List.of())));
        RevocationReading.Server former =
                new RevocationReading.Server(server.system(), "00000000", Instant.EPOCH, server.table());
        assertThrows(
                SQLException.class,
                () -> log.requireCurrent(new RevocationReading(former, false, "1:1:", 0, now, List.of())));
        assertThrows(PersistenceException.class, () -> trustedServer.require(Instant.EPOCH, false));
        await(cache::isTrusted);
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
        tokens.revokeEverybody(null);
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
    void isNotTrustedWithoutItsConnectionAndRecovers() {
        double before = misses();
        query(
                "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_snapshot%' and pid <> pg_backend_pid()");
        await(() -> !cache.isTrusted());
        assertTrue(new RevocationLogHealth(log).call().getData().isPresent());
        await(cache::isTrusted);
        assertTrue(new RevocationLogHealth(log).call().getData().isPresent());
        assertTrue(isValid());
        assertTrue(misses() > before, "it may have been revoked unnoticed, so it is read again");
    }

    private static Connection connect() throws SQLException {
        Connection connection = DriverManager.getConnection(ServiceDatabase.url(), Postgres.USER, Postgres.PASSWORD);
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

    private boolean isCached() {
        return tokens.verify(token).toCompletableFuture().isDone();
    }

    private double misses() {
        return metrics.get("cache.gets")
                .tags("cache", "tokens", "result", "miss")
                .functionCounter()
                .count();
    }

    private static int sql(String statement, Object... parameters) {
        return Postgres.execute(ServiceDatabase.url(), statement, parameters);
    }

    private static void await(BooleanSupplier condition) {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!condition.getAsBoolean()) {
            assertTrue(Instant.now().isBefore(deadline), "not within " + PATIENCE);
            Thread.onSpinWait();
        }
    }
}
