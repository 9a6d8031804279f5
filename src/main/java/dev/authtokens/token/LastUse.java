package dev.authtokens.token;

import io.agroal.api.AgroalDataSource;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Remembers when tokens were last used and writes it down in batches: a check never waits for a write, and a token that
 * is used by many at once is written once. What is not yet written counts on this replica already.
 */
@ApplicationScoped
class LastUse {

    private static final Logger LOG = Logger.getLogger(LastUse.class);
    private static final int BATCH = 1000;

    /** Rows are locked in one order, so that two replicas never wait for each other in a circle. */
    private static final String WRITE = """
            with used as (
                select * from unnest(?, ?) as used(digest, at)
            ), held as (
                select t.digest from auth_tokens t join used using (digest) order by t.digest for no key update of t
            )
            update auth_tokens t
            set last_used_at = greatest(t.last_used_at, used.at)
            from used join held using (digest)
            where t.digest = used.digest""";

    private final AgroalDataSource dataSource;
    private final Map<ByteBuffer, Instant> pending = new ConcurrentHashMap<>();

    LastUse(AgroalDataSource dataSource) {
        this.dataSource = dataSource;
    }

    void record(byte[] digest, Instant at) {
        pending.merge(ByteBuffer.wrap(digest), at, LastUse::later);
    }

    /** The later of what the database says and what is not yet written; null when the token was never used. */
    Instant latest(byte[] digest, Instant written) {
        return later(pending.get(ByteBuffer.wrap(digest)), written);
    }

    @Scheduled(
            every = "${auth-tokens.token.last-use-interval}",
            delayed = "10s",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void write() {
        List<Map.Entry<ByteBuffer, Instant>> uses = new ArrayList<>(pending.entrySet());
        try {
            for (int from = 0; from < uses.size(); from += BATCH) {
                List<Map.Entry<ByteBuffer, Instant>> batch = uses.subList(from, Math.min(from + BATCH, uses.size()));
                write(batch);
                // What was used again meanwhile stays for the next time.
                batch.forEach(use -> pending.remove(use.getKey(), use.getValue()));
            }
        } catch (SQLException e) {
            LOG.warnf("The last use of %d tokens is not written yet: %s", uses.size(), e.getMessage());
        }
    }

    void writeBeforeStop(@Observes ShutdownEvent stop) {
        write();
    }

    private void write(List<Map.Entry<ByteBuffer, Instant>> batch) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(WRITE)) {
            Array digests = connection.createArrayOf(
                    "bytea", batch.stream().map(use -> use.getKey().array()).toArray(byte[][]::new));
            Array times = connection.createArrayOf(
                    "timestamptz",
                    batch.stream()
                            .map(use -> use.getValue().atOffset(ZoneOffset.UTC).toString())
                            .toArray());
            statement.setArray(1, digests);
            statement.setArray(2, times);
            statement.executeUpdate();
        }
    }

    /** Null is before any. */
    static Instant later(Instant one, Instant other) {
        return other == null || (one != null && one.isAfter(other)) ? one : other;
    }
}
