package dev.authtokens.token;

import dev.authtokens.ServiceConfig;
import dev.authtokens.database.Schedule;
import dev.authtokens.database.Statements;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.PersistenceException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Collects last uses in memory, where they count at once, and writes them in batches, so that no check waits for a write. */
@ApplicationScoped
class LastUse {

    private static final Logger LOG = Logger.getLogger(LastUse.class);
    private static final int BATCH = 1000;

    /** Returns those that another transaction has locked, such as a long revocation, and that are not written. */
    private static final String WRITE = """
            with used as (
                select * from unnest(?, cast(? as timestamptz[])) as used(digest, at)
            ), locked as (
                select t.digest from auth_tokens t join used using (digest) for no key update of t skip locked
            ), written as (
                update auth_tokens t
                set last_used_at = greatest(t.last_used_at, used.at)
                from used join locked using (digest)
                where t.digest = used.digest
            )
            select t.digest from auth_tokens t join used using (digest) left join locked using (digest)
            where locked.digest is null""";

    private final Statements statements;
    private final Map<ByteBuffer, Instant> pending = new ConcurrentHashMap<>();

    LastUse(Statements statements) {
        this.statements = statements;
    }

    void record(byte[] digest, Instant at) {
        pending.merge(ByteBuffer.wrap(digest), at, LastUse::later);
    }

    /** The later of what was read from the database and what is not written yet; null when the token was never used. */
    Instant latest(byte[] digest, Instant written) {
        return later(pending.get(ByteBuffer.wrap(digest)), written);
    }

    void repeat(@Observes Schedule schedule, ServiceConfig config) {
        schedule.everyAndAtStop("writing of last uses", config.token().lastUseInterval(), this::write);
    }

    void write() {
        List<Map.Entry<ByteBuffer, Instant>> uses = new ArrayList<>(pending.entrySet());
        try {
            for (int from = 0; from < uses.size(); from += BATCH) {
                write(uses.subList(from, Math.min(from + BATCH, uses.size())));
            }
        } catch (PersistenceException e) {
            LOG.warnf(
                    "The last use of %d tokens is not written to the database yet: %s. It is kept in memory and written"
                            + " later; check the database",
                    pending.size(), e.getMessage());
        }
    }

    private void write(List<Map.Entry<ByteBuffer, Instant>> batch) {
        Object digests = batch.stream().map(use -> use.getKey().array()).toArray(byte[][]::new);
        Object times = batch.stream().map(use -> use.getValue().toString()).toArray(String[]::new);
        Set<ByteBuffer> locked =
                Set.copyOf(statements.list(WRITE, row -> ByteBuffer.wrap(row.getBytes(1)), digests, times));
        batch.forEach(use -> {
            // A token that is locked, or was used again meanwhile, stays for the next time.
            if (!locked.contains(use.getKey())) {
                pending.remove(use.getKey(), use.getValue());
            }
        });
    }

    /** The later of two times; null is earlier than any. */
    static Instant later(Instant one, Instant other) {
        return other == null || (one != null && one.isAfter(other)) ? one : other;
    }
}
