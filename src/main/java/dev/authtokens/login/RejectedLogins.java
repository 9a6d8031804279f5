package dev.authtokens.login;

import dev.authtokens.audit.AuditKind;
import dev.authtokens.audit.AuditLog;
import dev.authtokens.database.Schedule;
import dev.authtokens.password.HashingPool;
import dev.authtokens.problem.ProblemCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Records once a minute how many requests were rejected because of overload: one event for each would add to the overload. */
@ApplicationScoped
class RejectedLogins {

    private static final Logger LOG = Logger.getLogger(RejectedLogins.class);

    private final HashingPool hashing;
    private final AuditLog audit;
    private long recorded;

    RejectedLogins(HashingPool hashing, AuditLog audit) {
        this.hashing = hashing;
        this.audit = audit;
    }

    void repeat(@Observes Schedule schedule) {
        schedule.everyAndAtStop("audit of rejected logins", Duration.ofMinutes(1), this::record);
    }

    synchronized void record() {
        long rejected = hashing.rejected();
        if (rejected == recorded) {
            return;
        }
        try {
            audit.recordFailure(
                    AuditKind.LOGIN_THROTTLED,
                    ProblemCode.TOO_MANY_REQUESTS,
                    null,
                    "refused: " + (rejected - recorded));
            recorded = rejected;
        } catch (RuntimeException e) {
            LOG.warnf(
                    "The audit log does not yet show that %d logins were rejected because of overload: %s. It is written"
                            + " again in a minute; check the database",
                    rejected - recorded, e.getMessage());
        }
    }
}
