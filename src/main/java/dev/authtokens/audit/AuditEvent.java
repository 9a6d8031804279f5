package dev.authtokens.audit;

import dev.authtokens.database.Statements;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Something that happened to an account or its sessions, as the API shows it; what is not known is left out. */
@Schema(
        name = "AuditEvent",
        description = "An event. What is not known is left out.",
        requiredProperties = {"id", "at", "kind", "outcome"})
public record AuditEvent(
        @Schema(description = "Later events have larger ids.", minimum = "1", examples = "4711")
        long id,

        @Schema(implementation = String.class, format = "date-time", examples = "2026-01-15T12:00:00.123456Z")
        Instant at,

        AuditKind kind,

        @Schema(description = "`SUCCESS`, or the code of the error answer.", examples = "SUCCESS")
        String outcome,

        @Schema(description = "Who did it; missing for somebody who was not logged in.", examples = "admin@example.com")
        String actor,

        @Schema(
                description = "The account that it was done to, by its canonical e-mail address at that time.",
                examples = "andy@example.com")
        String account,

        @Schema(
                implementation = String.class,
                format = "uuid",
                description = "The session concerned.",
                examples = "0f6e3f2a-9d0c-4c55-8a0e-2f3b9d1c7e64")
        UUID tokenId,

        @Schema(description = "What was changed.", examples = "expiry: 2030-01-01T12:00:00Z")
        String detail,

        @Schema(description = "`X-Request-ID` of the request.")
        String requestId,

        @Schema(
                description = "Trace of the request: of its header `traceparent` (W3C Trace Context).",
                examples = "0af7651916cd43dd8448eb211c80319c")
        String traceId,

        @Schema(description = "`X-Giant-Swarm-Activity` of the request.", examples = "list-clusters")
        String activity,

        @Schema(description = "`X-Giant-Swarm-CmdLine` of the request, without secrets.")
        String commandLine,

        @Schema(description = "Address of the client.", examples = "192.0.2.1")
        String address,

        @Schema(examples = "gsctl/1.1.3") String userAgent) {

    static final String SUCCESS = "SUCCESS";

    static final String COLUMNS =
            "id, at, kind, outcome, actor, account, token_id, detail, request_id, trace_id, activity,"
                    + " command_line, address, user_agent";

    /** In the order of {@link #COLUMNS}. */
    static AuditEvent read(ResultSet row) throws SQLException {
        return new AuditEvent(
                row.getLong(1),
                Statements.instant(row, 2),
                AuditKind.valueOf(row.getString(3)),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getObject(7, UUID.class),
                row.getString(8),
                row.getString(9),
                row.getString(10),
                row.getString(11),
                row.getString(12),
                row.getString(13),
                row.getString(14));
    }
}
