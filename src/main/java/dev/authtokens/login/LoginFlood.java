package dev.authtokens.login;

import dev.authtokens.audit.AuditKind;
import dev.authtokens.audit.AuditLog;
import dev.authtokens.problem.ProblemCode;
import dev.authtokens.user.HashingPool;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jboss.logging.Logger;

/**
 * Tells the audit trail once a minute how many logins and other hashes were refused, since too many came at once: a row
 * for each of them would be part of the flood.
 */
@ApplicationScoped
class LoginFlood {

    private static final Logger LOG = Logger.getLogger(LoginFlood.class);

    private final HashingPool pool;
    private final AuditLog audit;
    private long told;

    LoginFlood(HashingPool pool, AuditLog audit) {
        this.pool = pool;
        this.audit = audit;
    }

    @Scheduled(every = "1m", delayed = "10s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    synchronized void tell() {
        long refused = pool.refused();
        if (refused == told) {
            return;
        }
        try {
            audit.recordFailure(
                    AuditKind.LOGIN_THROTTLED, ProblemCode.TOO_MANY_REQUESTS, null, "refused: " + (refused - told));
            told = refused;
        } catch (RuntimeException e) {
            LOG.warnf("That %d logins were refused is not in the audit trail yet: %s", refused - told, e.getMessage());
        }
    }

    void tellBeforeStop(@Observes ShutdownEvent stop) {
        tell();
    }
}
