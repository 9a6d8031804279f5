package dev.authtokens.session;

import dev.authtokens.access.Access;
import dev.authtokens.access.Caller;
import dev.authtokens.problem.GenericResponse;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** People see and revoke their own sessions. */
@Path("/v4/auth-tokens/")
@Tag(name = "auth tokens")
public class SessionsResource {

    private final Sessions sessions;

    SessionsResource(Sessions sessions) {
        this.sessions = sessions;
    }

    @GET
    @Access(Access.Who.SIGNED_IN)
    @Operation(
            operationId = "getAuthTokens",
            summary = "Get auth tokens (sessions)",
            description = "The caller's own sessions, the newest first.")
    @APIResponse(responseCode = "200", description = "The sessions.")
    @APIResponse(responseCode = "400", description = "`INVALID_INPUT`: limit is no number from 1 to 1,000.")
    public List<Session> getAuthTokens(
            @RestQuery @Parameter(description = Sessions.LIMIT) String limit, @Context SecurityContext security) {
        Caller caller = Caller.of(security);
        return sessions.list(caller.userId(), caller, limit);
    }

    @DELETE
    @Path("{id}/")
    @Access(Access.Who.SIGNED_IN)
    @Operation(
            operationId = "deleteAuthTokenById",
            summary = "Delete one auth token",
            description = "Revokes one of the caller's own sessions.")
    @APIResponse(responseCode = "200", description = "The session was revoked.")
    public GenericResponse deleteAuthTokenById(@RestPath String id, @Context SecurityContext security) {
        Caller caller = Caller.of(security);
        return sessions.revoke(caller.userId(), caller.email(), id);
    }

    @DELETE
    @Path("all/")
    @Access(Access.Who.SIGNED_IN)
    @Operation(
            operationId = "deleteAuthTokens",
            summary = "Delete all auth tokens",
            description = "Revokes the caller's own sessions, including this one unless it is excepted.")
    @APIResponse(responseCode = "200", description = "The sessions were revoked.")
    @APIResponse(responseCode = "400", description = "`INVALID_INPUT`: except is something else than `current`.")
    public GenericResponse deleteAuthTokens(
            @RestQuery @Parameter(description = Sessions.EXCEPT) String except, @Context SecurityContext security) {
        Caller caller = Caller.of(security);
        return sessions.revokeAll(caller.userId(), caller.email(), caller, except);
    }
}
