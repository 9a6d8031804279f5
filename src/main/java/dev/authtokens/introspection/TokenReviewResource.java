package dev.authtokens.introspection;

import dev.authtokens.access.Access;
import dev.authtokens.http.StaleAnswer;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import dev.authtokens.token.TokenStore;
import dev.authtokens.token.VerifiedToken;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.http.HttpServerResponse;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Webhook token authentication of Kubernetes: the API server asks whose the token of a request is. */
@Path("/k8s/token-reviews/")
@Tag(name = "checks")
public class TokenReviewResource {

    private final TokenStore tokens;

    TokenReviewResource(TokenStore tokens) {
        this.tokens = tokens;
    }

    @POST
    @NonBlocking
    @Access(Access.Who.INTROSPECTOR)
    @Operation(
            summary = "Review a token for Kubernetes (webhook token authentication)",
            description =
                    "For API servers of Kubernetes, as accounts with the role service or admin, which authenticate by"
                            + " token or HTTP Basic.")
    @APIResponse(
            responseCode = "200",
            description = "The review with its status: whether the token is valid, and whose it is.")
    @APIResponse(
            responseCode = "400",
            description = "`INVALID_INPUT`: the body is no `TokenReview` of `authentication.k8s.io/v1` with a token.")
    @APIResponse(
            responseCode = "401",
            description =
                    "`PERMISSION_DENIED`: no valid token. `INVALID_CREDENTIALS`, `ACCOUNT_EXPIRED`: as at the login.")
    @APIResponse(responseCode = "429", description = "`TOO_MANY_REQUESTS`: as at the login.")
    public CompletionStage<TokenReview> createTokenReview(
            @RequestBody(required = true) TokenReview review, @Context HttpServerResponse response) {
        if (review == null || !review.hasKnownVersion()) {
            throw new Problem(
                    ProblemCode.INVALID_INPUT,
                    "The body is no TokenReview of authentication.k8s.io/v1. The API server sends that version with"
                            + " --authentication-token-webhook-version=v1.");
        }
        String token = review.token()
                .orElseThrow(() -> new Problem(ProblemCode.INVALID_INPUT, "The field spec.token is required."));
        return tokens.verify(token).thenApply(verified -> {
            StaleAnswer.mark(response, verified.flatMap(VerifiedToken::staleFor));
            return TokenReview.of(verified);
        });
    }
}
