package dev.authtokens.audit;

import dev.authtokens.access.Access;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.problem.QueryParameter;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** Administrators read the audit log. */
@Path("/v4/audit-events/")
@Tag(name = "audit")
public class AuditEventsResource {

    private final AuditLog log;

    AuditEventsResource(AuditLog log) {
        this.log = log;
    }

    @GET
    @Access(Access.Who.ADMIN)
    @Operation(summary = "Get audit events", description = "What happened to accounts and sessions, the latest first.")
    @APIResponse(responseCode = "200", description = "The events.")
    @APIResponse(responseCode = "400", description = "`INVALID_INPUT`: the message says which parameter is wrong.")
    public List<AuditEvent> getAuditEvents(
            @RestQuery @Parameter(description = "Only of the account with this e-mail address.") String account,
            @RestQuery
                    @Parameter(
                            description = "Only of this kind, like `LOGIN`.",
                            schema = @Schema(implementation = AuditKind.class))
                    String kind,
            @RestQuery
                    @Parameter(
                            description = "Only at or after this time, like 2026-01-15T12:00:00Z.",
                            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
                    String from,
            @RestQuery
                    @Parameter(
                            description = "Only before this time.",
                            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
                    String until,
            @RestQuery
                    @Parameter(
                            description = "Only before the event of this id: the last of the previous page.",
                            schema = @Schema(type = SchemaType.INTEGER, format = "int64", minimum = "1"))
                    String before,
            @RestQuery String limit) {
        AuditQuery query = new AuditQuery(
                QueryParameter.read("account", account, EmailAddress::canonical),
                QueryParameter.read("kind", kind, AuditKind::valueOf),
                QueryParameter.read("from", from, QueryParameter::time),
                QueryParameter.read("until", until, QueryParameter::time),
                QueryParameter.read("before", before, Long::valueOf).orElse(Long.MAX_VALUE));
        return log.find(query, QueryParameter.pageSize(limit));
    }
}
