package dev.authtokens.login;

import dev.authtokens.access.Access;
import dev.authtokens.access.Caller;
import dev.authtokens.password.Base64Password;
import dev.authtokens.problem.GenericResponse;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import dev.authtokens.token.TokenStore;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.SecurityContext;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Issues a token for e-mail address and password (login) and revokes it (logout). */
@Path("/v4/auth-tokens/")
@Tag(name = "auth tokens")
public class LoginResource {

    private final LoginExecutor executor;
    private final Login login;
    private final TokenStore tokens;

    LoginResource(LoginExecutor executor, Login login, TokenStore tokens) {
        this.executor = executor;
        this.login = login;
        this.tokens = tokens;
    }

    @POST
    @NonBlocking
    @Access(Access.Who.ANYONE)
    @Operation(
            summary = "Create auth token (login)",
            description = "Log in with e-mail and password. An Authorization header is ignored.")
    @APIResponse(responseCode = "200", description = "The new token.")
    @APIResponse(responseCode = "400", description = "`INVALID_INPUT`: a field is missing, or the body is not JSON.")
    @APIResponse(
            responseCode = "401",
            description = "`INVALID_CREDENTIALS`: the e-mail address or the password is wrong."
                    + " `ACCOUNT_EXPIRED`: they are right, but the account has expired.")
    @APIResponse(
            responseCode = "429",
            description =
                    "`TOO_MANY_REQUESTS`: too many logins at this moment, or too many failed for this account or from"
                            + " this address; `Retry-After` is the time until the next attempt.")
    public CompletionStage<LoginResponse> createAuthToken(LoginRequest request) {
        if (request == null || request.email() == null || request.passwordBase64() == null) {
            throw new Problem(ProblemCode.INVALID_INPUT, "The fields email and password_base64 are required.");
        }
        byte[] password = Base64Password.decode(request.passwordBase64()).orElse(null);
        return executor.attempt(
                request.email(),
                () -> new LoginResponse(login.logIn(request.email(), password).reveal()));
    }

    @DELETE
    @Access(Access.Who.BEARER)
    @Operation(
            summary = "Delete auth token (logout)",
            description =
                    "Revokes the token in the Authorization header. Every other replica refuses it within one second.")
    @APIResponse(responseCode = "200", description = "`RESOURCE_DELETED`: The authentication token has been deleted.")
    public GenericResponse deleteAuthToken(@Context SecurityContext security) {
        if (!tokens.logOut(Caller.of(security))) {
            throw new Problem(ProblemCode.PERMISSION_DENIED);
        }
        return new GenericResponse("RESOURCE_DELETED", "The authentication token has been deleted.");
    }
}
