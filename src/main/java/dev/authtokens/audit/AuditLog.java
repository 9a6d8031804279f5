package dev.authtokens.audit;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.database.Statements;
import dev.authtokens.problem.ProblemCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.Logger;

/**
 * The only access to the audit log. A success is recorded in the transaction of the change itself, so that neither exists
 * without the other; a failure in a statement of its own. By {@link Statements}, since writing an event is part of every login.
 */
@ApplicationScoped
public class AuditLog {

    /** Category of the log in which each event is a line, with its parts as fields. */
    static final String CATEGORY = "audit";

    private static final Logger LOG = Logger.getLogger(CATEGORY);

    private static final String INSERT = """
            insert into audit_events (at, kind, outcome, actor, account, token_id, detail,
                request_id, trace_id, activity, command_line, address, user_agent)
            values (clock_timestamp(), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private static final String FIND = "select " + AuditEvent.COLUMNS + " from audit_events where id < ?";

    /**
     * Ids rise with time, so a time is also a bound of ids, and the search along the ids begins or ends there. The order of two
     * events may differ by less than this, when they are recorded at the same moment or the clock is set back.
     */
    private static final Duration DISORDER = Duration.ofMinutes(10);

    private static final String FIRST_ID =
            "id > coalesce((select id from audit_events where at < ? order by at desc limit 1), 0)";
    private static final String LAST_ID =
            "id < coalesce((select id from audit_events where at >= ? order by at limit 1), " + Long.MAX_VALUE + ")";

    /** Event: the transaction records this. */
    record Recorded(AuditKind kind, String outcome, String email, UUID tokenId, String detail, RequestOrigin origin) {

        ExtLogRecord toLog() {
            boolean isFailure = !outcome.equals(AuditEvent.SUCCESS);
            ExtLogRecord line = new ExtLogRecord(
                    Level.INFO,
                    "%s of %s: %s%s%s"
                            .formatted(
                                    kind,
                                    email == null ? "nobody" : email,
                                    outcome,
                                    detail == null ? "" : " (" + detail + ")",
                                    isFailure && origin.address() != null ? " from " + origin.address() : ""),
                    ExtLogRecord.FormatStyle.NO_FORMAT,
                    AuditLog.class.getName());
            BiConsumer<String, Object> put = (name, value) -> {
                if (value != null) {
                    line.putMdc(name, value.toString());
                }
            };
            put.accept("kind", kind);
            put.accept("outcome", outcome);
            put.accept("account", email);
            put.accept("actor", origin.actor());
            put.accept("tokenId", tokenId);
            put.accept("detail", detail);
            put.accept("address", origin.address());
            put.accept("userAgent", origin.userAgent());
            return line;
        }
    }

    private final Statements statements;
    private final Event<Recorded> recorded;
    private final MeterProvider<Counter> events;

    AuditLog(Statements statements, Event<Recorded> recorded, MeterRegistry metrics) {
        this.statements = statements;
        this.recorded = recorded;
        this.events = Counter.builder("auth_tokens.audit.events")
                .description("Audit events that this replica recorded, by kind and outcome")
                .withRegistry(metrics);
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
    public List<AuditEvent> find(AuditQuery query, int limit) {
        StringBuilder sql = new StringBuilder(FIND);
        List<Object> parameters = new ArrayList<>(List.of(query.before()));
        BiConsumer<String, Optional<?>> and = (condition, wanted) -> wanted.ifPresent(value -> {
            sql.append(" and ").append(condition);
            parameters.add(value);
        });
        and.accept("account = ?", query.account());
        and.accept("kind = ?", query.kind().map(AuditKind::name));
        and.accept("at >= ?", query.from());
        and.accept(FIRST_ID, query.from().map(time -> time.minus(DISORDER)));
        and.accept("at < ?", query.until());
        and.accept(LAST_ID, query.until().map(time -> time.plus(DISORDER)));
        parameters.add(limit);
        return statements.list(
                sql.append(" order by id desc limit ?").toString(), AuditEvent::read, parameters.toArray());
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
                origin.traceId(),
                origin.activity(),
                origin.commandLine(),
                origin.address(),
                origin.userAgent());
        recorded.fire(new Recorded(kind, outcome, email, tokenId, detail, origin));
    }

    /** After the commit, or at once when there is no transaction. A rollback logs nothing. */
    void log(@Observes(during = TransactionPhase.AFTER_SUCCESS) Recorded event) {
        LOG.log(event.toLog());
        events.withTags("kind", event.kind().name(), "outcome", event.outcome()).increment();
    }
}
