package dev.authtokens.login;

import dev.authtokens.access.Access;
import dev.authtokens.access.Caller;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.access.Role;
import dev.authtokens.problem.GenericResponse;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import dev.authtokens.user.Account;
import dev.authtokens.user.Base64Password;
import dev.authtokens.user.HashingPool;
import dev.authtokens.user.PasswordHasher;
import dev.authtokens.user.PasswordRules;
import dev.authtokens.user.UserStore;
import dev.authtokens.user.UsersResource;
import io.smallrye.common.annotation.Blocking;
import io.vertx.core.Future;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestPath;

/**
 * Changes passwords: one's own by who knows the current one, any by administrators. Guesses of the current one count as
 * logins that failed.
 */
@Path("/v4/users/{email}/password/")
@Tag(name = "users")
public class PasswordResource {

    private final Login login;
    private final UserStore users;
    private final PasswordHasher hasher;
    private final PasswordRules rules;
    private final HashingPool pool;

    PasswordResource(Login login, UserStore users, PasswordHasher hasher, PasswordRules rules, HashingPool pool) {
        this.login = login;
        this.users = users;
        this.hasher = hasher;
        this.rules = rules;
        this.pool = pool;
    }

    @POST
    @Blocking
    @Access(Access.Who.SIGNED_IN)
    @ResponseStatus(202)
    @Operation(
            operationId = "modifyPassword",
            summary = "Modify password",
            description =
                    "Changes the password and ends the account's other sessions. Administrators need not know the current one.")
    @APIResponse(
            responseCode = "202",
            description = "The password was changed.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = GenericResponse.class)))
    @APIResponse(
            responseCode = "400",
            description = "`INVALID_INPUT`: a field is missing, or the new password is refused; the message says why."
                    + " `UNKNOWN_ATTRIBUTE`: there is no such field.")
    @APIResponse(
            responseCode = "401",
            description = "`PERMISSION_DENIED`: no good token. `INVALID_CREDENTIALS`: the current password is wrong.")
    @APIResponse(
            responseCode = "429",
            description =
                    "`TOO_MANY_REQUESTS`: too many passwords are being hashed at this moment, or too many logins or current"
                            + " passwords were wrong for this account or from this address; `Retry-After` tells when to"
                            + " try again.")
    public CompletionStage<GenericResponse> modifyPassword(
            @RestPath String email, @Context SecurityContext security, ModifyPasswordRequest request) {
        Caller caller = Caller.of(security);
        Optional<EmailAddress> parsed = EmailAddress.parse(email);
        Optional<Account> found = parsed.flatMap(users::findAccount);
        caller.requireMayActOn(found.map(Account::id));
        boolean mustKnow = caller.role() != Role.ADMIN;
        if (request == null
                || request.newPasswordBase64() == null
                || (mustKnow && request.currentPasswordBase64() == null)) {
            throw new Problem(
                    ProblemCode.INVALID_INPUT,
                    "The fields new_password_base64 and, but for administrators, current_password_base64 are required.");
        }
        EmailAddress address = parsed.orElseThrow(UsersResource::notFound);
        Account account = found.orElseThrow(UsersResource::notFound);
        byte[] newPassword = rules.requireAcceptable(request.newPasswordBase64(), address);
        Future<Account> allowed =
                mustKnow ? verify(email, request.currentPasswordBase64()) : Future.succeededFuture(account);
        return allowed.compose(
                        current -> pool.submit(() -> hasher.hash(newPassword), hash -> change(current, hash, caller)))
                .toCompletionStage();
    }

    private Future<Account> verify(String email, String passwordBase64) {
        byte[] password = Base64Password.decode(passwordBase64).orElse(null);
        return login.verify(Login.Purpose.CHANGE_PASSWORD, email, password, Optional::of);
    }

    private GenericResponse change(Account account, String newHash, Caller caller) {
        UUID kept = account.id() == caller.userId() ? caller.tokenId() : null;
        if (caller.role() == Role.ADMIN) {
            if (!users.setPassword(account, newHash, kept)) {
                throw UsersResource.notFound();
            }
        } else if (!users.changePassword(account, newHash, kept)) {
            throw new Problem(ProblemCode.INVALID_CREDENTIALS, "The password was changed by somebody else just now.");
        }
        return new GenericResponse("RESOURCE_UPDATED", "The password has been updated.");
    }
}
