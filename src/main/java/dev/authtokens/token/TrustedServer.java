package dev.authtokens.token;

import dev.authtokens.database.DatabaseLease;
import dev.authtokens.problem.DatabaseFailure;
import jakarta.inject.Singleton;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.time.Instant;

/**
 * The server of the latest reading of the revocation log. What was read from a standby, or from another server, does not count,
 * also while readings fail: the token may have been revoked elsewhere.
 */
@Singleton
class TrustedServer {

    private final DatabaseLease lease;

    /** When its postmaster started, which differs between servers; null until the first reading. */
    private volatile Instant startedAt;

    private volatile boolean mismatched;

    TrustedServer(DatabaseLease lease) {
        this.lease = lease;
    }

    void set(Instant serverStartedAt) {
        startedAt = serverStartedAt;
    }

    /** Whether a read came from another server since the last call. */
    boolean takeMismatch() {
        boolean taken = mismatched;
        mismatched = false;
        return taken;
    }

    /** @throws PersistenceException when what was read from this server does not count */
    void require(Instant serverStartedAt, boolean isStandby) {
        Instant trusted = startedAt;
        if (isStandby || (trusted != null && !trusted.equals(serverStartedAt))) {
            mismatched = true;
            throw unavailable("read from a standby, or from another server than the revocation log");
        }
        if (!lease.isHeld()) {
            throw unavailable("read while the synchronous standby did not confirm the lease");
        }
    }

    /** Answered with 503. */
    private static PersistenceException unavailable(String reason) {
        return new PersistenceException(new SQLException(reason, DatabaseFailure.READ_ONLY));
    }
}
