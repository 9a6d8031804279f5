package dev.authtokens.check;

import dev.authtokens.access.Access;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import dev.authtokens.token.TokenSecret;
import dev.authtokens.token.TokenStore;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestForm;

/** Tells programs whether a token that somebody showed them is good, and whose it is (RFC 7662). */
@Path("/oauth2/introspect")
@Tag(name = "checks")
public class IntrospectionResource {

    private final TokenStore tokens;

    IntrospectionResource(TokenStore tokens) {
        this.tokens = tokens;
    }

    @POST
    @NonBlocking
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Access(Access.Who.INTROSPECTOR)
    @TakesBasic
    @Operation(
            operationId = "introspectToken",
            summary = "Introspect a token (RFC 7662)",
            description =
                    "Whether the token of the form is good. For accounts with the role service or admin, which are"
                            + " known by a token or by HTTP Basic; a token is checked faster.")
    @APIResponse(
            responseCode = "200",
            description = "What the token is; only `active`, which is false, when it is not good.")
    @APIResponse(responseCode = "400", description = "`INVALID_INPUT`: the form has no token.")
    @APIResponse(
            responseCode = "401",
            description =
                    "`PERMISSION_DENIED`: no good token. `INVALID_CREDENTIALS`, `ACCOUNT_EXPIRED`: as at the login.")
    @APIResponse(responseCode = "429", description = "`TOO_MANY_REQUESTS`: as at the login.")
    public CompletionStage<IntrospectionResponse> introspectToken(@RestForm String token) {
        return parse(token)
                .map(secret -> tokens.inspect(secret)
                        .thenApply(live -> live.map(IntrospectionResponse::of).orElse(IntrospectionResponse.INACTIVE)))
                .orElseGet(() -> CompletableFuture.completedStage(IntrospectionResponse.INACTIVE));
    }

    /** Empty when the parameter is no token. */
    static Optional<TokenSecret> parse(String token) {
        if (token == null) {
            throw new Problem(ProblemCode.INVALID_INPUT, "The parameter token is required.");
        }
        return TokenSecret.parse(token);
    }
}
