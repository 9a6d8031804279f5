package dev.authtokens.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** PostgreSQL gives up what the service gave up, so that nothing stays locked; and one account does not take all connections. */
@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class SessionTimeoutsTest {

    /** More than threads for one account. */
    private static final int CLIENTS = 20;

    /** The lock that a login of the account takes first, and one that its token needs. */
    private static final List<String> LOCKS = List.of(
            "select from login_attempts where ? is not null order by last_at desc limit 1 for update",
            "select from users where email_canonical = ? for update");

    @Inject
    AgroalDataSource pool;

    @Test
    void everySessionHasThem() throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select name from pg_settings where source = 'session' and setting <> '0' order by name")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        assertTrue(
                names.containsAll(List.of(
                        "client_connection_check_interval",
                        "default_transaction_isolation",
                        "idle_in_transaction_session_timeout",
                        "lock_timeout",
                        "statement_timeout",
                        "tcp_keepalives_count",
                        "tcp_keepalives_idle",
                        "tcp_keepalives_interval",
                        "tcp_user_timeout")),
                names.toString());
    }

    @Test
    void endAStatement() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            SQLException canceled = assertThrows(SQLException.class, () -> statement.execute("select pg_sleep(60)"));
            assertEquals("57014", canceled.getSQLState());
        }
    }

    @Test
    void endATransactionThatNobodyContinues() throws SQLException {
        String email = Accounts.create();
        try (Connection vanished = pool.getConnection()) {
            vanished.setAutoCommit(false);
            lock(vanished, LOCKS.get(1), email);
            Await.until(
                    "The account stays locked",
                    () -> Api.login(email, Accounts.PASSWORD).statusCode() == 200);
            // PostgreSQL ended it, so nobody else may get it.
            pool.flush(AgroalDataSource.FlushMode.GRACEFUL);
        }
    }

    @Test
    void leaveLoginsToOtherAccountsAloneWhileOneIsLocked() throws Exception {
        for (String sql : LOCKS) {
            String locked = Accounts.create();
            assertEquals(401, Api.login(locked, "wrong").statusCode());
            try (Connection other = Postgres.connect(ServiceDatabase.url())) {
                other.setAutoCommit(false);
                lock(other, sql, locked);
                logInToOthersBeside(locked);
            }
        }
    }

    private static void lock(Connection connection, String sql, String email) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, email);
            assertTrue(statement.executeQuery().next());
        }
    }

    /** A busy machine may refuse a login because of load; it is repeated as its client would. */
    private static int logIn(String email) {
        int status = Api.login(email, Accounts.PASSWORD).statusCode();
        return status == 429 ? logIn(email) : status;
    }

    private static void logInToOthersBeside(String locked) throws InterruptedException {
        AtomicBoolean finished = new AtomicBoolean();
        Queue<Integer> refused = new ConcurrentLinkedQueue<>();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            for (int i = 0; i < CLIENTS; i++) {
                clients.submit(() -> {
                    while (!finished.get()) {
                        refused.add(Api.login(locked, Accounts.PASSWORD).statusCode());
                    }
                });
            }
            Postgres.awaitLockWaits(ServiceDatabase.url(), 1);
            for (int i = 0; i < 2; i++) {
                assertEquals(200, logIn(Accounts.create()));
            }
        } finally {
            finished.set(true);
            clients.shutdown();
            assertTrue(clients.awaitTermination(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
        assertTrue(Set.of(503, 429).containsAll(refused), refused.toString());
    }
}
