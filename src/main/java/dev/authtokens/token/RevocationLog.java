package dev.authtokens.token;

import dev.authtokens.ServiceConfig;
import dev.authtokens.database.BatchedDeletion;
import dev.authtokens.database.DatabaseClock;
import dev.authtokens.database.Schedule;
import dev.authtokens.database.Statements;
import dev.authtokens.problem.DatabaseFailure;
import io.agroal.api.AgroalDataSource;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/**
 * Reads the revocation log of the database and invalidates the cache accordingly.
 *
 * <p>A reading that began at a time and came back proves that this replica knows every revocation committed before that time,
 * so the cache is trusted for {@link #TRUST} from then on. When a reading fails, comes from a standby, or shows another server
 * or a restored database, everything cached is dropped, checks bypass the cache, the pool replaces its connections, and the
 * readings start anew with the current snapshot.
 */
@ApplicationScoped
public class RevocationLog {

    /** Age of a reading, from its start, up to which the cache is trusted. */
    static final Duration TRUST = Duration.ofMillis(800);

    private static final Logger LOG = Logger.getLogger(RevocationLog.class);

    /** A larger difference between the clocks of database and machine is logged. */
    private static final Duration MAX_CLOCK_OFFSET = Duration.ofSeconds(5);

    /** A connection is exchanged after this time: connections are of a limited age, and a pooler that stops waits for them. */
    public static final Duration MAX_KEPT = Duration.ofSeconds(30);

    /** Longest time between two attempts while readings fail: they do not pile up on a server that is overloaded or locked. */
    private static final Duration MAX_PAUSE = Duration.ofMillis(500);

    private static final String DELETE_OLD = """
            delete from revocations where id in (
                select id from revocations where at < clock_timestamp() - make_interval(secs => ?)
                order by at limit ? for update skip locked)""";

    private final AgroalDataSource dataSource;
    private final Statements statements;
    private final BatchedDeletion deletion;
    private final TokenCache cache;
    private final TrustedServer trustedServer;
    private final Clock clock;
    private final DatabaseClock databaseClock;
    private final ServiceConfig config;
    private final Timer delay;
    private final Thread thread = new Thread(this::run, "revocation-log");
    private volatile String sql = RevocationReading.FULL;
    private RevocationReading last;
    private volatile RevocationReading.Server newest;
    private CompletableFuture<Connection> next;
    private Duration pauseAfterFailure = Duration.ZERO;
    private volatile boolean stopped;
    private volatile Duration clockOffset = Duration.ZERO;
    /** Why the cache is not trusted; empty when it is. */
    private volatile String distrustReason = "it has not been read yet";

    RevocationLog(
            AgroalDataSource dataSource,
            Statements statements,
            BatchedDeletion deletion,
            TokenCache cache,
            TrustedServer trustedServer,
            Clock clock,
            DatabaseClock databaseClock,
            ServiceConfig config,
            MeterRegistry metrics) {
        this.dataSource = dataSource;
        this.statements = statements;
        this.deletion = deletion;
        this.cache = cache;
        this.trustedServer = trustedServer;
        this.clock = clock;
        this.databaseClock = databaseClock;
        this.config = config;
        this.delay = Timer.builder("auth_tokens.revocation.delay")
                .description("Time from a revocation until this replica has read it, by the database's clock")
                .publishPercentiles(0.5, 0.99)
                .register(metrics);
        Gauge.builder("auth_tokens.clock.offset", () -> clockOffset.toMillis() / 1e3)
                .description("How far the clock of the database is ahead of the clock of this replica")
                .baseUnit("seconds")
                .register(metrics);
    }

    /** Starts reading, once the schema exists. */
    public void start() {
        thread.setDaemon(true);
        thread.start();
    }

    void stop(@Observes ShutdownEvent stop) {
        stopped = true;
        thread.interrupt();
    }

    String distrustReason() {
        return distrustReason;
    }

    /** Keeps a connection of the pool and exchanges it now and then, so that no reading waits for a free one. */
    private void run() {
        while (!stopped) {
            try (Connection connection = takeConnection()) {
                int timeout = connection.getNetworkTimeout();
                connection.setNetworkTimeout(Runnable::run, (int) TRUST.toMillis());
                long due = System.nanoTime() + MAX_KEPT.toNanos();
                while (!stopped && !(System.nanoTime() > due && hasNext())) {
                    read(connection);
                    if (trustedServer.takeMismatch()) {
                        // The pool leads elsewhere by now: this connection may be the one that has to move.
                        dataSource.flush(AgroalDataSource.FlushMode.GRACEFUL);
                        due = System.nanoTime();
                    }
                    pause(config.revocation().pollInterval());
                }
                connection.setNetworkTimeout(Runnable::run, timeout);
            } catch (SQLException | RuntimeException | Error e) {
                if (!stopped) {
                    distrust(String.valueOf(e.getMessage()));
                    backOff();
                }
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
            throw new SQLException("the database server is a " + (isFormer ? "former primary" : "standby"));
        }
    }

    private void read(Connection connection) throws SQLException {
        long start = System.nanoTime();
        Instant startTime = clock.instant();
        RevocationReading reading = readOnce(connection);
        Duration duration = Duration.ofNanos(System.nanoTime() - start);
        requireCurrent(reading);
        if (last == null) {
            // Whatever was read before this snapshot may have been revoked unnoticed.
            cache.invalidateAll();
        } else if (reading.continues(last)) {
            reading.invalidate(cache);
            reading.rows().forEach(row -> delay.record(Duration.between(row.at(), reading.databaseTime())));
        } else {
            throw new SQLException("the database server was restarted, replaced or restored");
        }
        last = reading;
        newest = reading.server();
        databaseClock.set(reading.databaseTime(), start);
        compareClocks(Duration.between(startTime.plus(duration.dividedBy(2)), reading.databaseTime()));
        trust(start, reading.server());
    }

    private void compareClocks(Duration offset) {
        boolean wereApart = areApart(clockOffset);
        clockOffset = offset;
        if (areApart(offset) && !wereApart) {
            LOG.warnf(
                    "The clock of the database is %.1f s ahead of the clock of this machine (behind it, if negative). The"
                            + " database's decides what has expired; times in this log are wrong. Synchronise both (NTP)",
                    offset.toMillis() / 1e3);
        } else if (wereApart && !areApart(offset)) {
            LOG.info("The clocks of the database and of this machine agree again");
        }
    }

    private static boolean areApart(Duration offset) {
        return offset.abs().compareTo(MAX_CLOCK_OFFSET) > 0;
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

    private void trust(long start, RevocationReading.Server server) {
        pauseAfterFailure = Duration.ZERO;
        trustedServer.set(server.startedAt());
        if (config.cache().enabled()) {
            cache.trustUntil(start + TRUST.toNanos());
        }
        if (!distrustReason.isEmpty()) {
            distrustReason = "";
            LOG.info("The revocation log is read: token checks are answered from the cache, if it is enabled");
        }
    }

    private void distrust(String reason) {
        cache.trustUntil(System.nanoTime());
        cache.invalidateAll();
        last = null;
        if (distrustReason.isEmpty()) {
            dataSource.flush(AgroalDataSource.FlushMode.GRACEFUL);
            LOG.warnf(
                    "The revocation log cannot be read: %s. Until it can, every token check asks the database: slower, but"
                            + " correct. Check the database and its address",
                    reason);
        }
        distrustReason = reason;
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

    void repeat(@Observes Schedule schedule) {
        schedule.every(Duration.ofMinutes(1), this::deleteOld);
    }

    void deleteOld() {
        double seconds = config.revocation().retention().toSeconds();
        deletion.run(
                "revocations",
                from -> BatchedDeletion.Batch.of(statements.update(DELETE_OLD, seconds, BatchedDeletion.BATCH)));
    }
}
