package dev.authtokens.audit;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.database.Statements;
import dev.authtokens.problem.ProblemCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.AbstractMap.SimpleEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
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
            Stream.of(
                            new SimpleEntry<>("kind", kind.name()),
                            new SimpleEntry<>("outcome", outcome),
                            new SimpleEntry<>("account", email),
                            new SimpleEntry<>("actor", origin.actor()),
                            new SimpleEntry<>("tokenId", tokenId == null ? null : tokenId.toString()),
                            new SimpleEntry<>("detail", detail),
                            new SimpleEntry<>("address", origin.address()),
                            new SimpleEntry<>("userAgent", origin.userAgent()))
                    .filter(field -> field.getValue() != null)
                    .forEach(field -> line.putMdc(field.getKey(), field.getValue()));
            return line;
        }
    }

    private final Statements statements;
    private final Event<Recorded> recorded;
    private final MeterRegistry metrics;

    AuditLog(Statements statements, Event<Recorded> recorded, MeterRegistry metrics) {
        this.statements = statements;
        this.recorded = recorded;
        this.metrics = metrics;
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
                "account = ?",
                filter.account(),
                "kind = ?",
                filter.kind().map(AuditKind::name),
                "at >= ?",
                filter.from(),
                FIRST_ID,
                filter.from().map(time -> time.minus(DISORDER)),
                "at < ?",
                filter.until(),
                LAST_ID,
                filter.until().map(time -> time.plus(DISORDER)));
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
                origin.traceId(),
                origin.activity(),
                origin.commandLine(),
                origin.address(),
                origin.userAgent());
        recorded.fire(new Recorded(kind, outcome, email, tokenId, detail, origin));
    }

    /** Outside of a transaction at once. What is rolled back did not happen. */
    void log(@Observes(during = TransactionPhase.AFTER_SUCCESS) Recorded event) {
        LOG.log(event.toLog());
        Counter.builder("auth_tokens.audit.events")
                .description("Audit events that this replica recorded, by kind and outcome")
                .tags("kind", event.kind().name(), "outcome", event.outcome())
                .register(metrics)
                .increment();
    }
}
