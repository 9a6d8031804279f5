package dev.authtokens.audit;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.problem.ProblemCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * The only door to the audit trail. A success is recorded in the transaction of the change itself, so that there is neither
 * one without the other; a failure in one of its own.
 */
@ApplicationScoped
public class AuditLog {

    private static final Logger LOG = Logger.getLogger(AuditLog.class);

    private final Clock clock;

    AuditLog(Clock clock) {
        this.clock = clock;
    }

    /**
     * Records a success.
     *
     * @param email of the account that it was done to
     * @param tokenId the session that began or ended; null when it is not about a single one
     * @param detail what was changed, free of secrets; null when the kind says it all
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void record(AuditKind kind, String email, UUID tokenId, String detail) {
        persist(kind, AuditEvent.SUCCESS, email, tokenId, detail);
    }

    /**
     * Records a failure.
     *
     * @param email null when what was sent is no e-mail address
     */
    @Transactional
    public void recordFailure(AuditKind kind, ProblemCode outcome, String email, String detail) {
        persist(kind, outcome.code(), email, null, detail);
    }

    @Transactional
    public List<AuditEventView> find(AuditFilter filter, int limit) {
        return AuditEvent.latest(filter, limit).stream().map(AuditEventView::of).toList();
    }

    private void persist(AuditKind kind, String outcome, String email, UUID tokenId, String detail) {
        Origin origin = Origin.current();
        AuditEvent event = new AuditEvent();
        event.at = Instant.now(clock).truncatedTo(ChronoUnit.MICROS);
        event.kind = kind;
        event.outcome = outcome;
        event.actor = origin.actor();
        event.account = email == null ? null : EmailAddress.canonical(email);
        event.tokenId = tokenId;
        event.detail = detail;
        event.requestId = origin.requestId();
        event.activity = origin.activity();
        event.commandLine = origin.commandLine();
        event.address = origin.address();
        event.userAgent = origin.userAgent();
        event.persist();
        LOG.infof(
                "%s of %s: %s%s",
                kind, email == null ? "nobody" : email, outcome, detail == null ? "" : " (" + detail + ")");
    }
}
