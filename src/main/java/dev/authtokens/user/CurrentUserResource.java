package dev.authtokens.user;

import dev.authtokens.access.Access;
import dev.authtokens.access.Caller;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.SecurityContext;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Who am I: the account of the caller. */
@Path("/v4/user/")
@Tag(name = "users")
public class CurrentUserResource {

    private final UserStore users;

    CurrentUserResource(UserStore users) {
        this.users = users;
    }

    @GET
    @Access(Access.Who.SIGNED_IN)
    @Operation(
            operationId = "getCurrentUser",
            summary = "Who am I",
            description = "The account that the token belongs to.")
    public UserView getCurrentUser(@Context SecurityContext security) {
        return users.findView(Caller.of(security).userId())
                .orElseThrow(() -> new Problem(ProblemCode.PERMISSION_DENIED));
    }
}
