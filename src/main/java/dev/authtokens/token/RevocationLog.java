package dev.authtokens.token;

import dev.authtokens.ServiceConfig;
import dev.authtokens.database.DatabaseClock;
import dev.authtokens.database.DatabaseLease;
import dev.authtokens.database.Outage;
import dev.authtokens.problem.DatabaseFailure;
import io.agroal.api.AgroalDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;

/**
 * Reads the revocation log of the database and invalidates the cache accordingly.
 *
 * <p>A reading that came back proves that this replica knows every revocation committed before it began, so the cache is
 * trusted for {@link #TRUST} from its start. When a reading fails, comes from a standby, or shows another server or a restored
 * database, checks bypass the cache, everything in it is dropped (kept for the grace of an outage, if there is one), the pool
 * replaces its connections, and the readings start anew with the current snapshot.
 */
@ApplicationScoped
public class RevocationLog {

    /** Age of a reading, from its start, up to which the cache is trusted. */
    static final Duration TRUST = Duration.ofMillis(800);

    private static final Logger LOG = Logger.getLogger(RevocationLog.class);

    /** SQL state "object not in prerequisite state": the server answers, but what was read before says nothing about it. */
    private static final String OTHER_STATE = "55000";

    /** Age at which the connection is exchanged: the pool limits it, and a pooler that stops waits until clients disconnect. */
    public static final Duration MAX_CONNECTION_AGE = Duration.ofSeconds(30);

    /** Longest time between two attempts while readings fail: they do not pile up on a server that is overloaded or locked. */
    private static final Duration MAX_PAUSE = Duration.ofMillis(500);

    private final AgroalDataSource dataSource;
    private final TokenCache cache;
    private final TrustedServer trustedServer;
    private final DatabaseClock clock;
    private final DatabaseLease lease;
    private final Outage outage;
    private final ServiceConfig config;
    private final Timer delay;
    private final Thread thread = new Thread(this::run, "revocation-log");
    private volatile String sql = RevocationReading.FULL;
    private RevocationReading last;
    private volatile RevocationReading.Server newest;
    private CompletableFuture<Connection> next;
    private Duration pauseAfterFailure = Duration.ZERO;
    private volatile boolean stopped;
    /** Why the cache is not trusted; empty when it is. */
    private volatile String distrustReason = "it has not been read yet";

    private final CompletableFuture<String> firstReading = new CompletableFuture<>();

    RevocationLog(
            AgroalDataSource dataSource,
            TokenCache cache,
            TrustedServer trustedServer,
            DatabaseClock clock,
            DatabaseLease lease,
            Outage outage,
            ServiceConfig config,
            MeterRegistry metrics) {
        this.dataSource = dataSource;
        this.cache = cache;
        this.trustedServer = trustedServer;
        this.clock = clock;
        this.lease = lease;
        this.outage = outage;
        this.config = config;
        this.delay = Timer.builder("auth_tokens.revocation.delay")
                .description("Time from a revocation until this replica has read it, by the database's clock")
                .publishPercentiles(0.5, 0.99)
                .register(metrics);
    }

    /**
     * Starts reading; the schema must exist.
     *
     * @return when the first reading has come back or failed: why the cache is not trusted, empty when it is
     */
    public CompletionStage<String> start() {
        lease.require();
        thread.setDaemon(true);
        thread.start();
        return firstReading;
    }

    void stop(@Observes ShutdownEvent stop) {
        stopped = true;
        thread.interrupt();
    }

    /** Why the cache is not trusted; empty when it is. */
    String distrustReason() {
        return distrustReason;
    }

    /** Keeps a connection of the pool and exchanges it now and then, so that no reading waits for a free one. */
    private void run() {
        while (!stopped) {
            boolean isConnected = false;
            try (Connection connection = takeConnection()) {
                isConnected = true;
                readRepeatedly(connection);
            } catch (SQLException | RuntimeException | Error e) {
                if (!stopped) {
                    distrust(e, isConnected);
                    backOff();
                }
            }
        }
    }

    private void readRepeatedly(Connection connection) throws SQLException {
        int timeout = connection.getNetworkTimeout();
        connection.setNetworkTimeout(Runnable::run, (int) TRUST.toMillis());
        try {
            long due = System.nanoTime() + MAX_CONNECTION_AGE.toNanos();
            while (!stopped && !(System.nanoTime() > due && hasNext())) {
                read(connection);
                lease.renew(connection);
                if (trustedServer.takeMismatch()) {
                    // The pool leads elsewhere by now: this connection may be the one that has to move.
                    dataSource.flush(AgroalDataSource.FlushMode.GRACEFUL);
                    due = System.nanoTime();
                }
                pause(config.revocation().pollInterval());
            }
        } finally {
            // The pool does not do it.
            if (!connection.isClosed()) {
                connection.setNetworkTimeout(Runnable::run, timeout);
            }
        }
    }

    private Connection takeConnection() throws SQLException {
        CompletableFuture<Connection> given = next;
        next = null;
        return given == null ? dataSource.getConnection() : given.join();
    }

    /** Whether the pool has given the next connection, which is asked for here without waiting. */
    private boolean hasNext() {
        if (next == null || next.isCompletedExceptionally()) {
            next = CompletableFuture.supplyAsync(this::connect, Infrastructure.getDefaultExecutor());
        }
        return next.isDone() && !next.isCompletedExceptionally();
    }

    /** A connection that does not lead to a former primary. */
    private Connection connect() {
        try {
            Connection connection = dataSource.getConnection();
            try {
                requireCurrent(RevocationReading.read(connection, sql, null));
                return connection;
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw new PersistenceException(e);
        }
    }

    /** @throws SQLException when the server is a standby or a former primary */
    void requireCurrent(RevocationReading reading) throws SQLException {
        boolean isFormer = newest != null && reading.server().isOlderThan(newest);
        if (isFormer || reading.isStandby()) {
            // The next connection may lead to the primary.
            dataSource.flush(AgroalDataSource.FlushMode.GRACEFUL);
            throw reading.isStandby()
                    ? new SQLException("the database server is a standby", DatabaseFailure.READ_ONLY)
                    : new SQLException("the database server is a former primary", OTHER_STATE);
        }
    }

    private void read(Connection connection) throws SQLException {
        long start = System.nanoTime();
        RevocationReading reading = readOnce(connection);
        Duration duration = Duration.ofNanos(System.nanoTime() - start);
        requireCurrent(reading);
        if (last != null && !reading.continues(last)) {
            throw new SQLException("the database server was restarted, replaced or restored", OTHER_STATE);
        }
        // Before anything is dropped: from then on tokens must be read from this server.
        trustedServer.set(reading.server().startedAt());
        if (!reading.isComplete()) {
            throw new SQLException(
                    "changes are not logged, since triggers of the tables are missing or disabled", OTHER_STATE);
        }
        if (last == null || reading.mayLackRowsSince(last)) {
            // Whatever was read before this snapshot may have been revoked unnoticed.
            cache.invalidateAll();
        } else {
            reading.invalidate(cache);
            reading.rows().forEach(row -> delay.record(Duration.between(row.at(), reading.databaseTime())));
        }
        last = reading;
        newest = reading.server();
        clock.set(reading.databaseTime(), start, duration);
        trust(start);
    }

    private RevocationReading readOnce(Connection connection) throws SQLException {
        try {
            return RevocationReading.read(connection, sql, last);
        } catch (SQLException e) {
            if (sql.equals(RevocationReading.FULL) && new DatabaseFailure(e).refusesFunction()) {
                sql = RevocationReading.WITHOUT_SYSTEM;
                return RevocationReading.read(connection, sql, last);
            }
            throw e;
        }
    }

    private void trust(long start) {
        pauseAfterFailure = Duration.ZERO;
        outage.reached(start);
        if (config.cache().enabled()) {
            cache.trustUntil(start + TRUST.toNanos());
        }
        if (!distrustReason.isEmpty()) {
            distrustReason = "";
            if (firstReading.complete("")) {
                return;
            }
            LOG.info("The revocation log is read again: token checks are answered from the cache, if it is enabled");
        }
    }

    /** Drops everything, which the first reading that comes back does too; with a grace, it stays while no primary answers. */
    private void distrust(Throwable failure, boolean wasConnected) {
        String reason = String.valueOf(failure.getMessage());
        boolean isUnreachable = DatabaseFailure.isUnreachable(failure);
        boolean keepsLastKnown = isUnreachable && outage.hasGrace();
        cache.trustUntil(System.nanoTime());
        last = null;
        outage.set(isUnreachable && !wasConnected);
        if (!keepsLastKnown) {
            cache.invalidateAll();
        }
        if (distrustReason.isEmpty()) {
            dataSource.flush(AgroalDataSource.FlushMode.GRACEFUL);
            LOG.warnf(
                    "The revocation log cannot be read: %s. Until it can, every token check asks the database%s. Check the"
                            + " database and its address",
                    reason,
                    keepsLastKnown
                            ? "; while it cannot be reached, tokens that were valid are accepted for up to "
                                    + outage.grace().toSeconds() + " s, see AUTH_TOKENS_CACHE_OUTAGE_GRACE"
                            : ": correct, but slower, and with 503 while it cannot be reached");
        }
        distrustReason = reason;
        firstReading.complete(reason);
    }

    /** After the first failure at once: another connection may work, or show that the pool leads to a former primary. */
    private void backOff() {
        pause(pauseAfterFailure);
        Duration next =
                pauseAfterFailure.isZero() ? config.revocation().pollInterval() : pauseAfterFailure.multipliedBy(2);
        pauseAfterFailure = next.compareTo(MAX_PAUSE) < 0 ? next : MAX_PAUSE;
    }

    private void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            stopped = true;
        }
    }
}
