package dev.authtokens.session;

import dev.authtokens.access.Access;
import dev.authtokens.access.Caller;
import dev.authtokens.problem.GenericResponse;
import dev.authtokens.problem.QueryParameter;
import dev.authtokens.token.TokenView;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** People see and revoke their own sessions; administrators revoke those of everybody, after a breach or a restore. */
@Path("/v4/auth-tokens/")
@Tag(name = "auth tokens")
public class SessionsResource {

    private final Sessions sessions;

    SessionsResource(Sessions sessions) {
        this.sessions = sessions;
    }

    @GET
    @Access(Access.Who.SIGNED_IN)
    @Operation(summary = "Get auth tokens (sessions)", description = "The caller's own sessions, the newest first.")
    @APIResponse(responseCode = "200", description = "The sessions.")
    @APIResponse(responseCode = "400", description = "`INVALID_INPUT`: limit must be a number from 1 to 1,000.")
    public List<TokenView> getAuthTokens(@RestQuery String limit, @Context SecurityContext security) {
        Caller caller = Caller.of(security);
        return sessions.list(caller.userId(), caller.expiresAt(), caller, limit);
    }

    @DELETE
    @Path("{id}/")
    @Access(Access.Who.SIGNED_IN)
    @Operation(summary = "Delete one auth token", description = "Revokes one of the caller's own sessions.")
    @APIResponse(responseCode = "200", description = Sessions.ONE_REVOKED)
    public GenericResponse deleteAuthTokenById(@RestPath String id, @Context SecurityContext security) {
        Caller caller = Caller.of(security);
        return sessions.revoke(caller.userId(), caller.email(), id);
    }

    @DELETE
    @Path("all/")
    @Access(Access.Who.SIGNED_IN)
    @Operation(
            summary = "Delete all auth tokens",
            description = "Revokes the caller's own sessions, including this one unless it is excepted.")
    @APIResponse(responseCode = "200", description = Sessions.ALL_REVOKED)
    @APIResponse(responseCode = "400", description = "`INVALID_INPUT`: except must be `current`.")
    public GenericResponse deleteAuthTokens(
            @RestQuery String except, @Context UriInfo uri, @Context SecurityContext security) {
        QueryParameter.requireOnly(uri, "except");
        Caller caller = Caller.of(security);
        return sessions.revokeAll(caller.userId(), caller.email(), caller, except);
    }

    @DELETE
    @Path("everyone/")
    @Access(Access.Who.ADMIN)
    @Operation(
            summary = "Delete the auth tokens of everyone",
            description = "Revokes all tokens of all accounts, including the caller's, after a breach or a restore.")
    @APIResponse(
            responseCode = "200",
            description = "`RESOURCE_DELETED`: All tokens issued up to 2026-01-15T12:00:00Z are revoked.")
    @APIResponse(responseCode = "400", description = "`INVALID_INPUT`: issued_before is not a time.")
    public GenericResponse deleteEveryonesAuthTokens(
            @RestQuery("issued_before")
                    @Parameter(
                            description =
                                    "Only tokens issued up to this time, like 2026-01-15T12:00:00Z; now by default.",
                            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
                    String issuedBefore,
            @Context UriInfo uri) {
        QueryParameter.requireOnly(uri, "issued_before");
        Optional<Instant> time = QueryParameter.read("issued_before", issuedBefore, QueryParameter::time);
        return sessions.revokeEveryone(time.orElse(null));
    }
}
