package dev.authtokens.audit;

import dev.authtokens.access.Access;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.problem.Limit;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** Administrators read the audit log. */
@Path("/v4/audit-events/")
@Tag(name = "audit")
public class AuditEventsResource {

    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1000;

    private final AuditLog log;

    AuditEventsResource(AuditLog log) {
        this.log = log;
    }

    @GET
    @Access(Access.Who.ADMIN)
    @Operation(
            operationId = "getAuditEvents",
            summary = "Get audit events",
            description = "What happened to accounts and sessions, the latest first.")
    @APIResponse(responseCode = "200", description = "The events.")
    @APIResponse(responseCode = "400", description = "`INVALID_INPUT`: the message says which parameter is wrong.")
    public List<AuditEventView> getAuditEvents(
            @RestQuery @Parameter(description = "Only of the account with this e-mail address.") String account,
            @RestQuery @Parameter(description = "Only of this kind, like `LOGIN`.") String kind,
            @RestQuery @Parameter(description = "Only at or after this time, like 2026-01-15T12:00:00Z.") String from,
            @RestQuery @Parameter(description = "Only before this time.") String until,
            @RestQuery @Parameter(description = "Only before the event of this id: the last of the page before.")
                    String before,
            @RestQuery @Parameter(description = "At most so many, 1 to 1,000; 100, when missing.") String limit) {
        AuditFilter filter = new AuditFilter(
                read("account", account, EmailAddress::searched),
                read("kind", kind, AuditKind::valueOf),
                read("from", from, AuditEventsResource::time),
                read("until", until, AuditEventsResource::time),
                read("before", before, Long::valueOf).orElse(Long.MAX_VALUE));
        return log.find(filter, Limit.read(limit, DEFAULT_LIMIT, MAX_LIMIT));
    }

    private static Instant time(String text) {
        OffsetDateTime time = OffsetDateTime.parse(text);
        if (time.getYear() < 0 || time.getYear() > 9999) {
            throw new DateTimeException("No year of RFC 3339, and none of PostgreSQL");
        }
        return time.toInstant();
    }

    private static <T> Optional<T> read(String name, String text, Function<String, T> reader) {
        try {
            return Optional.ofNullable(text).map(reader);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new Problem(ProblemCode.INVALID_INPUT, "The parameter " + name + " is not acceptable.");
        }
    }
}
