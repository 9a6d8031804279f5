package dev.authtokens.database;

import dev.authtokens.ServiceConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Proof that no other primary has replaced the one that this replica reads from: a tiny commit that its synchronous standby
 * confirms. A promoted standby no longer confirms commits of its former primary. Without the lease the replica answers no
 * request but the ping.
 */
@ApplicationScoped
public class DatabaseLease {

    private static final Logger LOG = Logger.getLogger(DatabaseLease.class);

    /** How long the lease is held after a confirmed write, from the start of the write. */
    public static final Duration DURATION = Duration.ofMillis(800);

    private static final Duration RENEWED_AFTER = Duration.ofMillis(300);

    /** Longest wait of a write, in seconds. The driver cancels it then, so that it keeps no process of PostgreSQL waiting. */
    private static final int WRITE_TIMEOUT = 1;

    /** Into the write-ahead log, and into no table. */
    private static final String WRITE = "select pg_logical_emit_message(true, 'auth-tokens', 'lease')";

    private final boolean enabled;
    private volatile boolean required;
    private boolean lost;
    private volatile long provenAt = System.nanoTime() - DURATION.toNanos();

    @Inject
    DatabaseLease(ServiceConfig config, MeterRegistry metrics) {
        this(config.database().lease());
        Gauge.builder("auth_tokens.database.lease", () -> isHeld() ? 1 : 0)
                .description("1 while requests are answered: the lease is held, or not used; else 0")
                .register(metrics);
    }

    public DatabaseLease(boolean enabled) {
        this.enabled = enabled;
    }

    /** From now on requests need the lease, if the setting says so. Not called by commands. */
    public void require() {
        required = enabled;
    }

    /** Whether requests may be answered. */
    public boolean isHeld() {
        return !required || System.nanoTime() - provenAt < DURATION.toNanos();
    }

    /**
     * Writes if the last write was some time ago.
     *
     * @param connection commits by itself
     * @throws SQLException when the standby did not confirm it in time
     */
    public void renew(Connection connection) throws SQLException {
        long start = System.nanoTime();
        if (!required || start - provenAt < RENEWED_AFTER.toNanos()) {
            return;
        }
        try {
            write(connection);
        } catch (SQLException e) {
            if (!lost) {
                LOG.warn("The synchronous standby does not confirm the lease: until it does, requests are answered with"
                        + " 503. Check the replication, and whether another server has been promoted");
            }
            lost = true;
            throw e;
        }
        if (lost) {
            LOG.info("The synchronous standby confirms the lease again");
        }
        lost = false;
        provenAt = start;
    }

    private static void write(Connection connection) throws SQLException {
        int timeout = connection.getNetworkTimeout();
        connection.setNetworkTimeout(Runnable::run, 2 * WRITE_TIMEOUT * 1000);
        try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
            statement.setQueryTimeout(WRITE_TIMEOUT);
            statement.execute();
            ConfirmingDriver.requireConfirmed(statement.getWarnings());
        }
        connection.setNetworkTimeout(Runnable::run, timeout);
    }
}
