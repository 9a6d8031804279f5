package dev.authtokens.database;

import dev.authtokens.StartFailure;
import dev.authtokens.problem.DatabaseFailure;
import io.quarkus.flyway.FlywayConfigurationCustomizer;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateResult;
import org.jboss.logging.Logger;

/** The version of the database schema: whether it is current, and its migration by Flyway. */
@Singleton
public class Schema implements FlywayConfigurationCustomizer {

    /** The last migration of this version of the service. */
    static final String LAST_MIGRATION = "db/migration/V5__functions_in_any_search_path.sql";

    /** Not Flyway's own name: another application of the same database may have a history too. */
    private static final String HISTORY = "auth_tokens_schema_history";

    private static final String APPLIED =
            "select script, version from " + HISTORY + " where success and version is not null order by installed_rank";

    private static final String LOCK = "select pg_try_advisory_xact_lock(hashtextextended('auth-tokens: migrate', 0))";

    private static final Duration LOCK_INTERVAL = Duration.ofMillis(500);

    private static final int ATTEMPTS = 6;

    private static final Logger LOG = Logger.getLogger(Schema.class);

    private final Statements statements;
    private final DirectConnections connections;
    private final Instance<Flyway> flyway;
    private final String detectLostClients;
    private volatile String version = "unknown";

    /** @param detectLostClients statement by which PostgreSQL ends the session of a process that vanished */
    Schema(
            Statements statements,
            DirectConnections connections,
            Instance<Flyway> flyway,
            @ConfigProperty(name = "session.detect-lost-clients") String detectLostClients) {
        this.statements = statements;
        this.connections = connections;
        this.flyway = flyway;
        this.detectLostClients = detectLostClients;
    }

    /**
     * Whether the last migration is applied; also true for a newer schema, so that an older version may run during a roll-out. One
     * query, where Flyway makes twenty.
     *
     * @throws PersistenceException when the database cannot be reached
     */
    public boolean isCurrent() {
        try {
            return query(APPLIED, this::readApplied);
        } catch (PersistenceException e) {
            if (DatabaseFailure.of(e).filter(DatabaseFailure::lacksTable).isPresent()) {
                return false;
            }
            throw e;
        }
    }

    private boolean readApplied(ResultSet migrations) throws SQLException {
        boolean isCurrent = false;
        while (migrations.next()) {
            isCurrent |= migrations.getString(1).equals(LAST_MIGRATION);
            version = migrations.getString(2);
        }
        return isCurrent;
    }

    /** Known after {@link #isCurrent} or {@link #migrate}. */
    public String version() {
        return version;
    }

    /** Host, port and name of the database, as configured. */
    public String address() {
        return connections.address();
    }

    /** Repeats it while the pool gives no connection in time: the driver remembers hosts that did not answer, and skips them. */
    private <T> T query(String sql, Statements.Reader<T> reader) {
        for (int attempt = 1; ; attempt++) {
            try {
                return statements.query(sql, reader);
            } catch (PersistenceException e) {
                boolean isLate = DatabaseFailure.of(e)
                        .filter(DatabaseFailure::comesFromPool)
                        .isPresent();
                if (!isLate || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void requireUtf8() {
        String encoding = query("show server_encoding", Statements::firstText);
        if (!encoding.equals("UTF8")) {
            throw StartFailure.ofUrl(
                    "the encoding of the database is " + encoding + ": create one with encoding 'UTF8'");
        }
    }

    /**
     * Applies the missing migrations. Several processes may do so at once: one waits for the other, unless it is stopped. The lock
     * of Flyway does not cover the creation of its history, so there is one around all of it.
     *
     * @throws StartFailure when the schema has tables of others, or migrations that failed or differ, or when the encoding of the
     *     database is not UTF-8
     */
    public MigrateResult migrate() {
        requireUtf8();
        try (Connection connection = connections.withoutTimeout().getConnection();
                Statement lock = connection.createStatement()) {
            connection.setAutoCommit(false);
            lock.execute(detectLostClients);
            lock.execute("set local idle_in_transaction_session_timeout = 0");
            awaitLock(lock);
            MigrateResult result = flyway.get().migrate();
            query(APPLIED, this::readApplied);
            return result;
        } catch (FlywayException e) {
            throw reason(e);
        } catch (SQLException e) {
            throw new PersistenceException(e);
        }
    }

    /** @throws StartFailure when the process is stopped meanwhile */
    private static void awaitLock(Statement lock) throws SQLException {
        CountDownLatch stopped = new CountDownLatch(1);
        Thread stop = new Thread(stopped::countDown);
        try {
            Runtime.getRuntime().addShutdownHook(stop);
            boolean isGranted = isGranted(lock);
            if (!isGranted) {
                LOG.warn(
                        "Another process migrates the schema of the database. This one waits for its end, and is not ready until"
                                + " then. If it takes long, look for locks in pg_stat_activity");
            }
            while (!isGranted && !stopped.await(LOCK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                isGranted = isGranted(lock);
            }
            // Fails, as adding does, once the process is being stopped.
            Runtime.getRuntime().removeShutdownHook(stop);
        } catch (InterruptedException | IllegalStateException e) {
            throw StartFailure.stopped();
        }
    }

    private static boolean isGranted(Statement lock) throws SQLException {
        try (ResultSet granted = lock.executeQuery(LOCK)) {
            return granted.next() && granted.getBoolean(1);
        }
    }

    private static RuntimeException reason(FlywayException failure) {
        Optional<DatabaseFailure> database = DatabaseFailure.of(failure);
        if (database.isEmpty()) {
            return StartFailure.ofUrl("leads to a schema that cannot be migrated, see the table " + HISTORY + ": "
                    + failure.getMessage());
        }
        if (database.get().isDuplicate()) {
            return StartFailure.ofUrl("leads to tables of another application: "
                    + database.get().firstLine()
                    + ". Use another database, or another schema by currentSchema");
        }
        return failure;
    }

    @Override
    public void customize(FluentConfiguration configuration) {
        configuration.dataSource(connections.withoutTimeout()).table(HISTORY);
    }
}
