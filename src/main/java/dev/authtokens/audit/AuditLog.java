package dev.authtokens.audit;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.database.Statements;
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
 * The only access to the audit log. A success is recorded in the transaction of the change itself, so that neither exists
 * without the other; a failure in a statement of its own. Events are written by {@link Statements}, since that is part of
 * every login, and read through the entity.
 */
@ApplicationScoped
public class AuditLog {

    private static final Logger LOG = Logger.getLogger(AuditLog.class);

    private static final String INSERT = """
            insert into audit_events (at, kind, outcome, actor, account, token_id, detail,
                request_id, activity, command_line, address, user_agent)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private final Statements statements;
    private final Clock clock;

    AuditLog(Statements statements, Clock clock) {
        this.statements = statements;
        this.clock = clock;
    }

    /**
     * Records a success.
     *
     * @param email of the account that it was done to
     * @param tokenId the session concerned; null when it is not a single one
     * @param detail what was changed, free of secrets; null when the kind says it all
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void record(AuditKind kind, String email, UUID tokenId, String detail) {
        insert(kind, AuditEvent.SUCCESS, email, tokenId, detail);
    }

    /**
     * Records a failure.
     *
     * @param email null when what was sent is no e-mail address
     */
    public void recordFailure(AuditKind kind, ProblemCode outcome, String email, String detail) {
        insert(kind, outcome.code(), email, null, detail);
    }

    @Transactional
    public List<AuditEventView> find(AuditFilter filter, int limit) {
        return AuditEvent.latest(filter, limit).stream().map(AuditEventView::of).toList();
    }

    private void insert(AuditKind kind, String outcome, String email, UUID tokenId, String detail) {
        RequestOrigin origin = RequestOrigin.current();
        statements.update(
                INSERT,
                Instant.now(clock).truncatedTo(ChronoUnit.MICROS),
                kind.name(),
                outcome,
                origin.actor(),
                email == null ? null : EmailAddress.canonical(email),
                tokenId,
                detail,
                origin.requestId(),
                origin.activity(),
                origin.commandLine(),
                origin.address(),
                origin.userAgent());
        LOG.infof(
                "%s of %s: %s%s",
                kind, email == null ? "nobody" : email, outcome, detail == null ? "" : " (" + detail + ")");
    }
}
