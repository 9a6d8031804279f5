package dev.authtokens.user;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.authtokens.access.Access;
import dev.authtokens.access.Caller;
import dev.authtokens.access.Role;
import dev.authtokens.problem.GenericResponse;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import io.smallrye.common.annotation.Blocking;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/**
 * Administers accounts. People see and change their own only; to them every other account is forbidden, whether it exists
 * or not.
 */
@Path("/v4/users/")
@Tag(name = "users")
public class UsersResource {

    private static final Logger LOG = Logger.getLogger(UsersResource.class);

    /** Accounts that are in memory at once while a list is written. */
    private static final int PAGE = 1000;

    private final UserStore users;
    private final PasswordHasher hasher;
    private final PasswordRules rules;
    private final HashingPool pool;
    private final ObjectMapper mapper;

    UsersResource(UserStore users, PasswordHasher hasher, PasswordRules rules, HashingPool pool, ObjectMapper mapper) {
        this.users = users;
        this.hasher = hasher;
        this.rules = rules;
        this.pool = pool;
        this.mapper = mapper;
    }

    @GET
    @Access(Access.Who.ADMIN)
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "getUsers",
            summary = "Get users",
            description = "All accounts in the order of their e-mail addresses, or a part of them.")
    @APIResponse(
            responseCode = "200",
            description = "The accounts.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.ARRAY, implementation = UserView.class)))
    @APIResponse(responseCode = "400", description = "`INVALID_INPUT`: limit is no number of 1 or more.")
    public StreamingOutput getUsers(
            @RestQuery @Parameter(description = "At most so many; all, when missing.") Integer limit,
            @RestQuery @Parameter(description = "Only addresses behind this one: the last of the page before.")
                    String after,
            @RestQuery @Parameter(description = "Only addresses that begin so.") String prefix) {
        if (limit != null && limit < 1) {
            throw new Problem(ProblemCode.INVALID_INPUT, "limit must be 1 or more.");
        }
        String canonicalPrefix = prefix == null ? "" : EmailAddress.canonical(prefix);
        String canonicalAfter = after == null ? "" : EmailAddress.canonical(after);
        int wanted = limit == null ? Integer.MAX_VALUE : limit;
        // Read before the answer begins: a database that is away can still be told.
        List<UserView> first = users.page(canonicalPrefix, canonicalAfter, Math.min(PAGE, wanted));
        return out -> write(out, first, canonicalPrefix, wanted);
    }

    private void write(OutputStream out, List<UserView> first, String prefix, int wanted) throws IOException {
        try (JsonGenerator json = mapper.createGenerator(out)) {
            json.writeStartArray();
            int left = wanted;
            List<UserView> page = first;
            while (!page.isEmpty()) {
                for (UserView user : page) {
                    json.writePOJO(user);
                }
                left -= page.size();
                String last = EmailAddress.canonical(page.get(page.size() - 1).email());
                page = left == 0 ? List.of() : users.page(prefix, last, Math.min(PAGE, left));
            }
            json.writeEndArray();
        }
    }

    @GET
    @Path("{email}/")
    @Access(Access.Who.SIGNED_IN)
    @Operation(
            operationId = "getUser",
            summary = "Get user",
            description = "One account: one's own, or any for administrators.")
    public UserView getUser(@RestPath String email, @jakarta.ws.rs.core.Context SecurityContext security) {
        requireOwnOrAdministrator(email, security);
        return parse(email).flatMap(users::findView).orElseThrow(UsersResource::notFound);
    }

    @PUT
    @Path("{email}/")
    @Blocking
    @Access(Access.Who.ADMIN)
    @ResponseStatus(201)
    @Operation(
            operationId = "createUser",
            summary = "Create user",
            description = "Makes an account with the role user.")
    @APIResponse(
            responseCode = "201",
            description = "The account was made.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = GenericResponse.class)))
    @APIResponse(
            responseCode = "400",
            description =
                    "`INVALID_INPUT`: the address, the password or the expiry is not acceptable; the message says why."
                            + " `UNKNOWN_ATTRIBUTE`: there is no such field.")
    @APIResponse(
            responseCode = "409",
            description = "`RESOURCE_ALREADY_EXISTS`: there is an account with this address.")
    @APIResponse(
            responseCode = "429",
            description = "`TOO_MANY_REQUESTS`: too many passwords are being hashed at this moment.")
    public CompletionStage<GenericResponse> createUser(@RestPath String email, CreateUserRequest request) {
        EmailAddress address = parse(email).orElseThrow(() -> invalid("The e-mail address is not valid."));
        if (request == null || request.password() == null) {
            throw invalid("The field password is required.");
        }
        byte[] password = acceptable(request.password(), address);
        Optional<Instant> expiresAt = expiry(request.expiry()).flatMap(expiry -> expiry);
        Context context = Vertx.currentContext();
        return pool.submit(() -> hasher.hash(password))
                .compose(hash -> context.executeBlocking(
                        () -> {
                            users.create(address, hash, Role.USER, expiresAt);
                            LOG.infof("Created user %s", address.written());
                            return new GenericResponse(
                                    "RESOURCE_CREATED",
                                    "The user with email '" + address.written() + "' has been created.");
                        },
                        false))
                .toCompletionStage();
    }

    @PATCH
    @Path("{email}/")
    @Access(Access.Who.SIGNED_IN)
    @Operation(
            operationId = "modifyUser",
            summary = "Modify user",
            description = "Changes the e-mail address, and for administrators the expiry. Sessions go on.")
    @APIResponse(responseCode = "200", description = "The account as it is now.")
    @APIResponse(
            responseCode = "400",
            description =
                    "`INVALID_INPUT`: the new value is not acceptable. `IMMUTABLE_ATTRIBUTE`: only administrators change"
                            + " the expiry. `UNKNOWN_ATTRIBUTE`: there is no such field.")
    @APIResponse(
            responseCode = "409",
            description = "`RESOURCE_ALREADY_EXISTS`: there is an account with the new address.")
    public UserView modifyUser(
            @RestPath String email, @jakarta.ws.rs.core.Context SecurityContext security, ModifyUserRequest request) {
        Caller caller = requireOwnOrAdministrator(email, security);
        if (request == null) {
            throw invalid("The body is missing.");
        }
        if (request.expiry() != null && caller.role() != Role.ADMIN) {
            throw new Problem(ProblemCode.IMMUTABLE_ATTRIBUTE, "Only administrators can change the expiry.");
        }
        Optional<EmailAddress> newEmail = Optional.ofNullable(request.email())
                .map(text -> parse(text).orElseThrow(() -> invalid("The e-mail address is not valid.")));
        UserView view = parse(email)
                .flatMap(address -> users.modify(address, newEmail, expiry(request.expiry())))
                .orElseThrow(UsersResource::notFound);
        LOG.infof("Modified user %s", view.email());
        return view;
    }

    @DELETE
    @Path("{email}/")
    @Access(Access.Who.ADMIN)
    @Operation(
            operationId = "deleteUser",
            summary = "Delete user",
            description = "Deletes an account and ends its sessions.")
    @APIResponse(responseCode = "200", description = "The account was deleted.")
    @APIResponse(responseCode = "400", description = "`INVALID_INPUT`: it is the last administrator.")
    public GenericResponse deleteUser(@RestPath String email) {
        EmailAddress address = parse(email).orElseThrow(UsersResource::notFound);
        return switch (users.delete(address)) {
            case NOT_FOUND -> throw notFound();
            case LAST_ADMINISTRATOR -> throw invalid("The last administrator cannot be deleted.");
            case DELETED -> {
                LOG.infof("Deleted user %s", address.written());
                yield new GenericResponse(
                        "RESOURCE_DELETED", "The user with email '" + address.written() + "' has been deleted.");
            }
        };
    }

    @POST
    @Path("{email}/password/")
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
            @RestPath String email,
            @jakarta.ws.rs.core.Context SecurityContext security,
            ModifyPasswordRequest request) {
        Caller caller = requireOwnOrAdministrator(email, security);
        boolean mustKnow = caller.role() != Role.ADMIN;
        if (request == null
                || request.newPasswordBase64() == null
                || (mustKnow && request.currentPasswordBase64() == null)) {
            throw invalid(
                    "The fields new_password_base64 and, but for administrators, current_password_base64 are required.");
        }
        EmailAddress address = parse(email).orElseThrow(UsersResource::notFound);
        Account account = users.findAccount(address).orElseThrow(UsersResource::notFound);
        byte[] newPassword = acceptable(request.newPasswordBase64(), address);
        byte[] current = mustKnow
                ? Base64Password.decode(request.currentPasswordBase64()).orElse(null)
                : null;
        UUID kept = account.id() == caller.userId() ? caller.tokenId() : null;
        Context context = Vertx.currentContext();
        return pool.submit(() -> {
                    if (mustKnow
                            && !hasher.verify(current, account.passwordHash()).matches()) {
                        throw new Problem(ProblemCode.INVALID_CREDENTIALS);
                    }
                    return hasher.hash(newPassword);
                })
                .compose(hash -> context.executeBlocking(() -> change(account, hash, kept), false))
                .toCompletionStage();
    }

    private GenericResponse change(Account account, String newHash, UUID keptTokenId) {
        if (!users.changePassword(account.id(), account.passwordHash(), newHash, keptTokenId)) {
            throw new Problem(ProblemCode.INVALID_CREDENTIALS, "The password was changed by somebody else just now.");
        }
        LOG.infof("Changed the password of %s", account.email());
        return new GenericResponse("RESOURCE_UPDATED", "The password has been updated.");
    }

    private static Caller requireOwnOrAdministrator(String email, SecurityContext security) {
        Caller caller = Caller.of(security);
        boolean own = parse(email)
                .filter(address -> address.canonical().equals(EmailAddress.canonical(caller.email())))
                .isPresent();
        if (!own && caller.role() != Role.ADMIN) {
            throw new Problem(ProblemCode.FORBIDDEN);
        }
        return caller;
    }

    private byte[] acceptable(String base64, EmailAddress email) {
        byte[] password = Base64Password.decode(base64).orElseThrow(() -> invalid("The password is not Base64."));
        rules.refusal(password, email).ifPresent(reason -> {
            throw invalid(reason);
        });
        return password;
    }

    /** Empty: not given; in it, another Optional: empty means never. */
    private static Optional<Optional<Instant>> expiry(String text) {
        return Optional.ofNullable(text)
                .map(time -> Expiry.parse(time)
                        .orElseThrow(() -> invalid("The expiry is not a time like 2030-01-01T12:00:00Z.")));
    }

    private static Optional<EmailAddress> parse(String email) {
        return EmailAddress.parse(email);
    }

    private static Problem invalid(String reason) {
        return new Problem(ProblemCode.INVALID_INPUT, reason);
    }

    private static Problem notFound() {
        return new Problem(ProblemCode.RESOURCE_NOT_FOUND, "The user could not be found.");
    }
}
