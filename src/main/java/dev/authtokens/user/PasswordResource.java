package dev.authtokens.user;

import dev.authtokens.access.Access;
import dev.authtokens.access.Caller;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.access.Role;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.audit.AuditLog;
import dev.authtokens.problem.GenericResponse;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import io.smallrye.common.annotation.Blocking;
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

/** Changes passwords: one's own by who knows the current one, any by administrators. */
@Path("/v4/users/{email}/password/")
@Tag(name = "users")
public class PasswordResource {

    private final UserStore users;
    private final PasswordHasher hasher;
    private final PasswordRules rules;
    private final HashingPool pool;
    private final AuditLog audit;

    PasswordResource(UserStore users, PasswordHasher hasher, PasswordRules rules, HashingPool pool, AuditLog audit) {
        this.users = users;
        this.hasher = hasher;
        this.rules = rules;
        this.pool = pool;
        this.audit = audit;
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
            description = "`TOO_MANY_REQUESTS`: too many passwords are being hashed at this moment.")
    public CompletionStage<GenericResponse> modifyPassword(
            @RestPath String email, @Context SecurityContext security, ModifyPasswordRequest request) {
        Caller caller = Caller.of(security);
        caller.requireMayActOn(email);
        boolean mustKnow = caller.role() != Role.ADMIN;
        if (request == null
                || request.newPasswordBase64() == null
                || (mustKnow && request.currentPasswordBase64() == null)) {
            throw UsersResource.invalid(
                    "The fields new_password_base64 and, but for administrators, current_password_base64 are required.");
        }
        EmailAddress address = EmailAddress.parse(email).orElseThrow(UsersResource::notFound);
        Account account = users.findAccount(address).orElseThrow(UsersResource::notFound);
        byte[] newPassword = rules.requireAcceptable(request.newPasswordBase64(), address);
        byte[] current = mustKnow
                ? Base64Password.decode(request.currentPasswordBase64()).orElse(null)
                : null;
        UUID kept = account.id() == caller.userId() ? caller.tokenId() : null;
        return pool.submit(
                        () -> mustKnow
                                        && !hasher.verify(current, account.passwordHash())
                                                .matches()
                                ? Optional.<String>empty()
                                : Optional.of(hasher.hash(newPassword)),
                        hash -> change(account, hash, kept))
                .toCompletionStage();
    }

    /** @param newHash empty when the current password was wrong */
    private GenericResponse change(Account account, Optional<String> newHash, UUID keptTokenId) {
        if (newHash.isEmpty()) {
            audit.recordFailure(
                    AuditKind.PASSWORD_CHANGED, ProblemCode.INVALID_CREDENTIALS, account.email(), "current password");
            throw new Problem(ProblemCode.INVALID_CREDENTIALS);
        }
        if (!users.changePassword(account, newHash.get(), keptTokenId)) {
            throw new Problem(ProblemCode.INVALID_CREDENTIALS, "The password was changed by somebody else just now.");
        }
        return new GenericResponse("RESOURCE_UPDATED", "The password has been updated.");
    }
}
