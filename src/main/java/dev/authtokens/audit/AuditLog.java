package dev.authtokens.audit;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.database.Statements;
import dev.authtokens.problem.ProblemCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * The only access to the audit log. A success is recorded in the transaction of the change itself, so that neither exists
 * without the other; a failure in a statement of its own. By {@link Statements}, since writing an event is part of every login.
 */
@ApplicationScoped
public class AuditLog {

    private static final Logger LOG = Logger.getLogger(AuditLog.class);

    private static final String INSERT = """
            insert into audit_events (at, kind, outcome, actor, account, token_id, detail,
                request_id, activity, command_line, address, user_agent)
            values (clock_timestamp(), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private static final String FIND = "select " + AuditEvent.COLUMNS + " from audit_events where id < ?";

    /** Event: the transaction records this. */
    record Recorded(String line) {}

    private final Statements statements;
    private final Event<Recorded> recorded;

    AuditLog(Statements statements, Event<Recorded> recorded) {
        this.statements = statements;
        this.recorded = recorded;
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

    /** The latest first. */
    public List<AuditEvent> find(AuditFilter filter, int limit) {
        StringBuilder query = new StringBuilder(FIND);
        List<Object> parameters = new ArrayList<>(List.of(filter.before()));
        Map<String, Optional<?>> conditions = Map.of(
                "account = ?", filter.account(),
                "kind = ?", filter.kind().map(AuditKind::name),
                "at >= ?", filter.from(),
                "at < ?", filter.until());
        conditions.forEach((condition, wanted) -> wanted.ifPresent(value -> {
            query.append(" and ").append(condition);
            parameters.add(value);
        }));
        parameters.add(limit);
        return statements.query(
                query.append(" order by id desc limit ?").toString(), AuditLog::readAll, parameters.toArray());
    }

    private static List<AuditEvent> readAll(ResultSet rows) throws SQLException {
        List<AuditEvent> events = new ArrayList<>();
        while (rows.next()) {
            events.add(AuditEvent.read(rows));
        }
        return events;
    }

    private void insert(AuditKind kind, String outcome, String email, UUID tokenId, String detail) {
        RequestOrigin origin = RequestOrigin.current();
        statements.update(
                INSERT,
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
        recorded.fire(new Recorded("%s of %s: %s%s"
                .formatted(
                        kind, email == null ? "nobody" : email, outcome, detail == null ? "" : " (" + detail + ")")));
    }

    /** Outside of a transaction at once. What is rolled back did not happen. */
    void log(@Observes(during = TransactionPhase.AFTER_SUCCESS) Recorded event) {
        LOG.info(event.line());
    }
}
