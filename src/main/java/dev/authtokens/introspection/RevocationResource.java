package dev.authtokens.introspection;

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
 * Token revocation (RFC 7009). Whoever holds a token may use it, so holding it is enough to revoke it. The answer is the same
 * whether the token existed or not.
 */
@Path("/oauth2/revoke")
@Tag(name = "checks")
public class RevocationResource {

    private static final GenericResponse REVOKED = new GenericResponse("RESOURCE_DELETED", "The token is revoked.");

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
            description = "Revokes the token in the form, if it exists.")
    @APIResponse(responseCode = "200", description = "The token is not valid now, whether it existed or not.")
    @APIResponse(responseCode = "400", description = "`INVALID_INPUT`: the form has no token.")
    public GenericResponse revokeToken(@RestForm String token) {
        IntrospectionResource.parse(token).ifPresent(tokens::revoke);
        return REVOKED;
    }
}
