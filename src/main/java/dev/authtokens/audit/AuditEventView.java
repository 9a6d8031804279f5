package dev.authtokens.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An audit event as the API shows it; what is not known is left out. */
@Schema(name = "AuditEvent")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AuditEventView(
        @Schema(description = "Later events have larger ids.", examples = "4711") @JsonProperty
        long id,

        @Schema(implementation = String.class, examples = "2026-01-15T12:00:00.123456Z") @JsonProperty
        Instant at,

        @Schema(examples = "LOGIN") @JsonProperty AuditKind kind,

        @Schema(description = "`SUCCESS`, or the code of the error answer.", examples = "SUCCESS") @JsonProperty
        String outcome,

        @Schema(description = "Who did it; missing for somebody who was not logged in.", examples = "admin@example.com")
        @JsonProperty
        String actor,

        @Schema(
                description = "The account that it was done to, by its canonical e-mail address at that time.",
                examples = "andy@example.com")
        @JsonProperty
        String account,

        @Schema(description = "The session concerned.") @JsonProperty("token_id")
        UUID tokenId,

        @Schema(description = "What was changed.", examples = "expiry: 2030-01-01T12:00:00Z") @JsonProperty
        String detail,

        @Schema(description = "`X-Request-ID` of the request.") @JsonProperty("request_id")
        String requestId,

        @Schema(description = "`X-Giant-Swarm-Activity` of the request.", examples = "list-clusters") @JsonProperty
        String activity,

        @Schema(description = "`X-Giant-Swarm-CmdLine` of the request, without secrets.") @JsonProperty("command_line")
        String commandLine,

        @Schema(description = "Address of the client.", examples = "192.0.2.1") @JsonProperty
        String address,

        @Schema(examples = "gsctl/1.1.3") @JsonProperty("user_agent")
        String userAgent) {

    static AuditEventView of(AuditEvent event) {
        return new AuditEventView(
                event.id,
                event.at,
                event.kind,
                event.outcome,
                event.actor,
                event.account,
                event.tokenId,
                event.detail,
                event.requestId,
                event.activity,
                event.commandLine,
                event.address,
                event.userAgent);
    }
}
