package dev.authtokens.login;

import dev.authtokens.access.Access;
import dev.authtokens.access.Caller;
import dev.authtokens.access.Role;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.password.Base64Password;
import dev.authtokens.password.HashingPool;
import dev.authtokens.problem.GenericResponse;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import dev.authtokens.user.Account;
import dev.authtokens.user.UserStore;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.SecurityContext;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestPath;

/** People change their own password and give the current one, which is throttled as a login; administrators set any. */
@Path("/v4/users/{email}/password/")
@Tag(name = "users")
public class PasswordResource {

    private final LoginExecutor executor;
    private final Login login;
    private final UserStore users;
    private final HashingPool hashing;

    PasswordResource(LoginExecutor executor, Login login, UserStore users, HashingPool hashing) {
        this.executor = executor;
        this.login = login;
        this.users = users;
        this.hashing = hashing;
    }

    @POST
    @NonBlocking
    @Access(Access.Who.SIGNED_IN)
    @ResponseStatus(202)
    @Operation(
            summary = "Modify password",
            description =
                    "Changes the password and revokes the account's other sessions. Administrators do not give the current one.")
    @APIResponse(responseCode = "202", description = "`RESOURCE_UPDATED`: The password has been updated.")
    @APIResponse(
            responseCode = "400",
            description = "`INVALID_INPUT`: a field is missing, or the new password is refused; the message says why."
                    + " `UNKNOWN_ATTRIBUTE`: there is no such field.")
    @APIResponse(
            responseCode = "401",
            description = "`PERMISSION_DENIED`: no valid token. `INVALID_CREDENTIALS`: the current password is wrong.")
    @APIResponse(
            responseCode = "429",
            description =
                    "`TOO_MANY_REQUESTS`: too many passwords are being hashed at this moment, or too many logins or current"
                            + " passwords were wrong for this account or from this address; `Retry-After` is the"
                            + " time until the next attempt.")
    public CompletionStage<GenericResponse> modifyPassword(
            @RestPath String email, @Context SecurityContext security, ModifyPasswordRequest request) {
        Caller caller = Caller.of(security);
        // Others count by their own address: whoever names another account must not take the threads of its logins.
        return caller.role() == Role.ADMIN
                ? executor.run(email, () -> set(email, caller, request))
                : executor.attempt(caller.email(), () -> change(email, caller, request));
    }

    private GenericResponse set(String email, Caller caller, ModifyPasswordRequest request) {
        require(request != null && request.newPasswordBase64() != null);
        Account account = users.getAccount(email);
        String newHash = hashing.hashNew(request.newPasswordBase64(), account.email());
        users.setPassword(account, newHash, keptToken(account, caller));
        return updated();
    }

    private GenericResponse change(String email, Caller caller, ModifyPasswordRequest request) {
        // Refuses other people's accounts before anything else.
        users.getAccountFor(caller, email);
        require(request != null && request.newPasswordBase64() != null && request.currentPasswordBase64() != null);
        byte[] current = Base64Password.decode(request.currentPasswordBase64()).orElse(null);
        Account account = login.verify(AuditKind.PASSWORD_CHANGED, email, current);
        String newHash = hashing.hashNew(request.newPasswordBase64(), account.email());
        if (!users.changePassword(account, newHash, keptToken(account, caller))) {
            throw new Problem(ProblemCode.INVALID_CREDENTIALS, "The password was changed by somebody else just now.");
        }
        return updated();
    }

    private static void require(boolean isComplete) {
        if (!isComplete) {
            throw new Problem(
                    ProblemCode.INVALID_INPUT,
                    "The fields new_password_base64 and, but for administrators, current_password_base64 are required.");
        }
    }

    private static UUID keptToken(Account account, Caller caller) {
        return account.id() == caller.userId() ? caller.tokenId() : null;
    }

    private static GenericResponse updated() {
        return new GenericResponse("RESOURCE_UPDATED", "The password has been updated.");
    }
}
