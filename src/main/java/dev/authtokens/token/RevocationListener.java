package dev.authtokens.token;

import dev.authtokens.ServiceConfig;
import dev.authtokens.database.DirectConnections;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jboss.logging.Logger;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Hears from PostgreSQL which tokens ended anywhere, and lets the cache be trusted only as long as that is proven.
 *
 * <p>Every {@link #PROBE_INTERVAL} it notifies itself, on another connection, by the way that revocations take. PostgreSQL
 * delivers in the order of the commits, so a probe that arrives proves that everything from before it has arrived, and the
 * cache is trusted for {@link #TRUST} from when the probe was sent. A revocation that does not come through is thus heeded
 * after {@link #TRUST} at the latest.
 */
@ApplicationScoped
public class RevocationListener {

    static final Duration PROBE_INTERVAL = Duration.ofMillis(200);
    static final Duration TRUST = Duration.ofMillis(800);

    private static final Logger LOG = Logger.getLogger(RevocationListener.class);

    /** Without any probe for so long, the connection is given up and made anew. */
    private static final Duration DEAF = Duration.ofSeconds(3);

    /** The connection that probes are sent on is made anew after it: a pooler that is to end waits for its clients to go. */
    public static final Duration RENEWAL = Duration.ofSeconds(30);

    private static final Duration PAUSE = Duration.ofMillis(500);

    private static final String NAME = "auth-tokens-revocations";
    private static final String CHANNEL = "auth_tokens";
    private static final String PROBE = "probe ";

    private final TokenCache cache;
    private final boolean enabled;
    private final DataSource listening;
    private final DataSource sending;
    private final Timer delay;
    private final Thread thread = new Thread(this::run, "revocations");
    private volatile boolean stopped;
    private Boolean trusting;

    RevocationListener(TokenCache cache, ServiceConfig config, DirectConnections connections, MeterRegistry metrics) {
        this.cache = cache;
        this.enabled = config.cache().enabled();
        this.listening = connections.named(NAME, 1, config.cache().listenUrl());
        this.sending = connections.named(NAME, 1, Optional.empty());
        this.delay = Timer.builder("auth_tokens.revocation.delay")
                .description("From sending news to its arrival, measured by the probes")
                .publishPercentiles(0.5, 0.99)
                .register(metrics);
    }

    /** Once the schema is there. */
    public void start() {
        if (enabled) {
            thread.setDaemon(true);
            thread.start();
        }
    }

    void stop(@Observes ShutdownEvent stop) {
        stopped = true;
        thread.interrupt();
    }

    private void run() {
        while (!stopped) {
            try (Connection incoming = listening.getConnection()) {
                listen(incoming);
            } catch (SQLException | RuntimeException | Error e) {
                if (!stopped) {
                    distrust(e);
                }
            }
            pause();
        }
    }

    private void listen(Connection incoming) throws SQLException {
        try (Statement statement = incoming.createStatement()) {
            statement.execute("listen " + CHANNEL);
        }
        Exchange exchange = new Exchange(incoming.unwrap(PGConnection.class));
        while (!stopped) {
            try (Connection outgoing = sending.getConnection()) {
                long opened = System.nanoTime();
                while (!stopped && System.nanoTime() - opened < RENEWAL.toNanos()) {
                    exchange.goOn(outgoing);
                }
            }
        }
    }

    /** What comes in by one connection, for as long as it lasts. */
    private final class Exchange {

        /** Of this connection alone: a pooler may deliver on it what an earlier one waited for. */
        private final String probe = PROBE + UUID.randomUUID() + " ";

        private final PGConnection incoming;
        private boolean proven;
        private long heard = System.nanoTime();
        private long sent = heard - PROBE_INTERVAL.toNanos();

        Exchange(PGConnection incoming) {
            this.incoming = incoming;
        }

        /** Sends a probe when it is time, and heeds what comes in until then. */
        void goOn(Connection outgoing) throws SQLException {
            long now = System.nanoTime();
            if (now - sent >= PROBE_INTERVAL.toNanos()) {
                sent = now;
                send(outgoing, probe + now);
            }
            long untilNext = Math.max(1, (sent + PROBE_INTERVAL.toNanos() - System.nanoTime()) / 1_000_000);
            Optional<Long> latest = receive(incoming.getNotifications((int) untilNext), probe);
            if (latest.isPresent()) {
                heard = System.nanoTime();
                if (!proven) {
                    // What was read before this connection listened may have ended unheard.
                    cache.invalidateAll();
                    proven = true;
                }
                trust(latest.get());
            } else if (System.nanoTime() - heard > DEAF.toNanos()) {
                throw new SQLException("notifications are not delivered");
            }
        }
    }

    /** Nothing is lost that would have to be written to the disk first. */
    private static void send(Connection connection, String message) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select set_config('synchronous_commit', 'off', true), pg_notify('" + CHANNEL + "', ?)")) {
            statement.setString(1, message);
            statement.execute();
        }
    }

    /** Heeds the news, and returns when the latest probe among it was sent. */
    private Optional<Long> receive(PGNotification[] news, String probe) {
        List<String> messages =
                Arrays.stream(news).map(PGNotification::getParameter).toList();
        RevocationNews.of(messages.stream()
                        .filter(message -> !message.startsWith(PROBE))
                        .toList())
                .dropFrom(cache);
        Optional<Long> latest = messages.stream()
                .filter(message -> message.startsWith(probe))
                .map(message -> Long.parseLong(message.substring(probe.length())))
                .reduce((earlier, later) -> later);
        latest.ifPresent(sent -> delay.record(Duration.ofNanos(System.nanoTime() - sent)));
        return latest;
    }

    private void trust(long since) {
        cache.trustUntil(since + TRUST.toNanos());
        long delay = System.nanoTime() - since;
        if (delay > TRUST.toNanos()) {
            tellDistrust("they take longer than " + TRUST.toMillis() + " ms to come through");
        } else if (trusting != Boolean.TRUE && delay < TRUST.toNanos() / 2) {
            // Not at once after it was late, so that this is not told anew with every other probe.
            LOG.info("Ended tokens are told between the replicas: checks are answered from memory");
            trusting = Boolean.TRUE;
        }
    }

    private void distrust(Throwable reason) {
        cache.trustUntil(System.nanoTime());
        tellDistrust(reason.getMessage());
    }

    private void tellDistrust(String reason) {
        if (trusting != Boolean.FALSE) {
            LOG.warnf(
                    "Ended tokens are not told between the replicas, so every check asks the database until they are: %s."
                            + " Behind a pooler that shares connections, set auth-tokens.cache.listen-url",
                    reason);
        }
        trusting = Boolean.FALSE;
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            stopped = true;
        }
    }
}
