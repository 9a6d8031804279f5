package dev.authtokens.introspection;

import dev.authtokens.ServiceConfig;
import dev.authtokens.access.Access;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.http.StaleAnswer;
import dev.authtokens.problem.GenericResponse;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import dev.authtokens.token.TokenSecret;
import dev.authtokens.token.TokenStore;
import dev.authtokens.token.VerifiedToken;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.http.HttpServerResponse;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestForm;

/** Token introspection (RFC 7662): whether a token is valid, and whose it is; and token revocation (RFC 7009). */
@Path("/oauth2/")
@Tag(name = "checks")
public class OAuthResource {

    private static final GenericResponse REVOKED = new GenericResponse("RESOURCE_DELETED", "The token is revoked.");

    private final TokenStore tokens;
    private final String issuer;

    OAuthResource(TokenStore tokens, ServiceConfig config) {
        this.tokens = tokens;
        this.issuer = config.publicUrl().orElse(null);
    }

    @POST
    @Path("introspect")
    @NonBlocking
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Access(Access.Who.INTROSPECTOR)
    @Operation(
            summary = "Introspect a token (RFC 7662)",
            description = "Whether the token in the form is valid. For accounts with the role service or admin, which"
                    + " authenticate by token, by HTTP Basic (raw or form-encoded) or by `client_id` and `client_secret` in"
                    + " the form, with e-mail address and password; a token is checked faster.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = TokenRequest.class)))
    @APIResponse(
            responseCode = "200",
            description = "The token's state; only `active`, which is false, when it is not valid.")
    @APIResponse(responseCode = "400", description = "`INVALID_INPUT`: the form has no token.")
    @APIResponse(
            responseCode = "401",
            description =
                    "`PERMISSION_DENIED`: no valid token. `INVALID_CREDENTIALS`, `ACCOUNT_EXPIRED`: as at the login.")
    @APIResponse(responseCode = "429", description = "`TOO_MANY_REQUESTS`: as at the login.")
    public CompletionStage<IntrospectionResponse> introspectToken(
            @RestForm String token, @Context HttpServerResponse response) {
        return tokens.verify(required(token)).thenApply(verified -> {
            StaleAnswer.mark(response, verified.flatMap(VerifiedToken::staleFor));
            return verified.map(valid -> IntrospectionResponse.of(valid, issuer))
                    .orElse(IntrospectionResponse.INACTIVE);
        });
    }

    /** Holding a token is enough to revoke it. The answer is the same whether it existed or not. */
    @POST
    @Path("revoke")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Access(Access.Who.ANYONE)
    @Operation(summary = "Revoke a token (RFC 7009)", description = "Revokes the token in the form, if it exists.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = TokenRequest.class)))
    @APIResponse(responseCode = "200", description = "`RESOURCE_DELETED`: The token is revoked.")
    @APIResponse(responseCode = "400", description = "`INVALID_INPUT`: the form has no token.")
    public GenericResponse revokeToken(@RestForm String token) {
        TokenSecret.parse(required(token)).ifPresent(secret -> tokens.revoke(AuditKind.TOKEN_REVOKED, secret, null));
        return REVOKED;
    }

    private static String required(String token) {
        if (token == null) {
            throw new Problem(ProblemCode.INVALID_INPUT, "The parameter token is required.");
        }
        return token;
    }
}
