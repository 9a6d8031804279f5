package dev.authtokens.check;

import dev.authtokens.access.Access;
import dev.authtokens.problem.GenericResponse;
import dev.authtokens.token.TokenStore;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestForm;

/**
 * Ends a token for whoever holds it (RFC 7009). Who has a token may use it, and so may end it: nothing else is asked for. The
 * answer is the same whether there was such a token or not.
 */
@Path("/oauth2/revoke")
@Tag(name = "checks")
public class RevocationResource {

    private static final GenericResponse GONE =
            new GenericResponse("RESOURCE_DELETED", "There is no such token any more.");

    private final TokenStore tokens;

    RevocationResource(TokenStore tokens) {
        this.tokens = tokens;
    }

    @POST
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Access(Access.Who.ANYONE)
    @Operation(
            operationId = "revokeToken",
            summary = "Revoke a token (RFC 7009)",
            description = "Ends the token of the form, if it is one.")
    @APIResponse(responseCode = "200", description = "The token is not good, and may never have been.")
    @APIResponse(responseCode = "400", description = "`INVALID_INPUT`: the form has no token.")
    public GenericResponse revokeToken(@RestForm String token) {
        IntrospectionResource.parse(token).ifPresent(tokens::revoke);
        return GONE;
    }
}
