package dev.authtokens.user;

import dev.authtokens.access.Access;
import dev.authtokens.access.Caller;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.SecurityContext;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Who am I: the account of the caller, as it was read with the token. */
@Path("/v4/user/")
@Tag(name = "users")
public class CurrentUserResource {

    @GET
    @NonBlocking
    @Access(Access.Who.SIGNED_IN)
    @Operation(summary = "Who am I", description = "The account that the token belongs to.")
    public UserView getCurrentUser(@Context SecurityContext security) {
        return UserView.of(Caller.of(security));
    }
}
