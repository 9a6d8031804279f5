package dev.authtokens.session;

import dev.authtokens.access.Access;
import dev.authtokens.access.Caller;
import dev.authtokens.problem.GenericResponse;
import dev.authtokens.problem.QueryParameter;
import dev.authtokens.token.TokenView;
import dev.authtokens.user.Account;
import dev.authtokens.user.UserStore;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** Administrators see and revoke the sessions of any account. */
@Path("/v4/users/{email}/auth-tokens/")
@Tag(name = "users")
public class UserSessionsResource {

    private final Sessions sessions;
    private final UserStore users;

    UserSessionsResource(Sessions sessions, UserStore users) {
        this.sessions = sessions;
        this.users = users;
    }

    @GET
    @Access(Access.Who.ADMIN)
    @Operation(
            summary = "Get auth tokens (sessions) of a user",
            description = "The sessions of an account, the newest first.")
    @APIResponse(responseCode = "200", description = "The sessions.")
    @APIResponse(responseCode = "400", description = "`INVALID_INPUT`: limit must be a number from 1 to 1,000.")
    public List<TokenView> getUserAuthTokens(
            @RestPath String email, @RestQuery String limit, @Context SecurityContext security) {
        Account account = users.getAccount(email);
        return sessions.list(account.id(), account.expiresAt(), Caller.of(security), limit);
    }

    @DELETE
    @Path("{id}/")
    @Access(Access.Who.ADMIN)
    @Operation(summary = "Delete one auth token of a user", description = "Revokes one session of an account.")
    @APIResponse(responseCode = "200", description = Sessions.ONE_REVOKED)
    public GenericResponse deleteUserAuthTokenById(@RestPath String email, @RestPath String id) {
        Account account = users.getAccount(email);
        return sessions.revoke(account.id(), account.email(), id);
    }

    @DELETE
    @Path("all/")
    @Access(Access.Who.ADMIN)
    @Operation(summary = "Delete all auth tokens of a user", description = "Revokes the sessions of an account.")
    @APIResponse(responseCode = "200", description = Sessions.ALL_REVOKED)
    @APIResponse(responseCode = "400", description = "`INVALID_INPUT`: except must be `current`.")
    public GenericResponse deleteUserAuthTokens(
            @RestPath String email, @RestQuery String except, @Context UriInfo uri, @Context SecurityContext security) {
        QueryParameter.requireOnly(uri, "except");
        Account account = users.getAccount(email);
        return sessions.revokeAll(account.id(), account.email(), Caller.of(security), except);
    }
}
