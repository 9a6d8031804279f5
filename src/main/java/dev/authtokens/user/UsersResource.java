package dev.authtokens.user;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.authtokens.access.Access;
import dev.authtokens.access.Caller;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.access.Role;
import dev.authtokens.password.HashingPool;
import dev.authtokens.problem.GenericResponse;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import dev.authtokens.problem.QueryParameter;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.StreamingOutput;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** Administration of accounts. People see and change only their own. The list is a stream, with one page in memory. */
@Path("/v4/users/")
@Tag(name = "users")
public class UsersResource {

    private final UserStore users;
    private final HashingPool hashing;
    private final ObjectMapper mapper;

    UsersResource(UserStore users, HashingPool hashing, ObjectMapper mapper) {
        this.users = users;
        this.hashing = hashing;
        this.mapper = mapper;
    }

    @GET
    @Access(Access.Who.ADMIN)
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "Get users", description = "Accounts in the order of their e-mail addresses.")
    @APIResponse(
            responseCode = "200",
            description = "The accounts.",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = UserView.class)))
    @APIResponse(
            responseCode = "400",
            description = "`INVALID_INPUT`: limit is not a number of 1 or more, or a text contains NUL.")
    public StreamingOutput getUsers(
            @RestQuery
                    @Parameter(
                            description = "Maximum number of accounts; all by default.",
                            schema = @Schema(type = SchemaType.INTEGER, format = "int32", minimum = "1"))
                    String limit,
            @RestQuery @Parameter(description = "Only addresses after this one, the last of the previous page.")
                    String after,
            @RestQuery @Parameter(description = "Only addresses with this prefix.") String prefix) {
        int wanted = QueryParameter.limit(limit, Integer.MAX_VALUE, Integer.MAX_VALUE);
        String canonicalPrefix = searched("prefix", prefix);
        String canonicalAfter = searched("after", after);
        // The first page is read before the answer starts, so that a failing database is answered with 503.
        Iterator<UserView> list =
                users.list(canonicalPrefix, canonicalAfter, wanted).iterator();
        return out -> {
            JsonGenerator json = mapper.createGenerator(out);
            mapper.writeValue(json, list);
            // Not after a failure: a list that ends half-way must not look complete.
            json.close();
        };
    }

    @GET
    @Path("{email}/")
    @Access(Access.Who.SIGNED_IN)
    @Operation(summary = "Get user", description = "One account: the caller's own, or any for administrators.")
    public UserView getUser(@RestPath String email, @Context SecurityContext security) {
        return UserView.of(users.getAccountFor(Caller.of(security), email));
    }

    @PUT
    @Path("{email}/")
    @Access(Access.Who.ADMIN)
    @ResponseStatus(201)
    @Operation(summary = "Create user", description = "Creates an account, with the role `user` where none is given.")
    @APIResponse(
            responseCode = "201",
            description = "`RESOURCE_CREATED`: The user with email 'andy@example.com' has been created.")
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
    public GenericResponse createUser(@RestPath String email, CreateUserRequest request) {
        EmailAddress address = address(email);
        if (request == null || request.password() == null) {
            throw invalid("The field password is required.");
        }
        Instant expiry = expiry(request.expiry()).orElse(Expiry.NEVER);
        Role role = role(request.role()).orElse(Role.USER);
        users.create(address, hashing.hashNew(request.password(), address.displayForm()), role, expiry);
        return new GenericResponse(
                "RESOURCE_CREATED", "The user with email '" + address.displayForm() + "' has been created.");
    }

    @PATCH
    @Path("{email}/")
    @Access(Access.Who.SIGNED_IN)
    @Operation(
            summary = "Modify user",
            description = "Changes the e-mail address, and for administrators expiry and role. Sessions stay valid.")
    @APIResponse(responseCode = "200", description = "The account as it is now.")
    @APIResponse(
            responseCode = "400",
            description = "`INVALID_INPUT`: the new value is not acceptable, or would leave no administrator."
                    + " `IMMUTABLE_ATTRIBUTE`: only administrators change expiry and role."
                    + " `UNKNOWN_ATTRIBUTE`: there is no such field.")
    @APIResponse(
            responseCode = "409",
            description = "`RESOURCE_ALREADY_EXISTS`: there is an account with the new address.")
    public UserView modifyUser(
            @RestPath String email,
            @Context SecurityContext security,
            @RequestBody(
                            content =
                                    @Content(
                                            // Without a media type, the examples are left out.
                                            mediaType = MediaType.APPLICATION_JSON,
                                            schema = @Schema(implementation = ModifyUserRequest.class),
                                            // The first one is filled into forms, and changes nothing.
                                            examples = {
                                                @ExampleObject(name = "Nothing", value = "{}"),
                                                @ExampleObject(
                                                        name = "E-mail address",
                                                        value = "{\"email\": \"edited@example.com\"}"),
                                                @ExampleObject(
                                                        name = "Expiry",
                                                        value = "{\"expiry\": \"2030-01-01T12:00:00Z\"}"),
                                                @ExampleObject(name = "Role", value = "{\"role\": \"user\"}")
                                            }))
                    ModifyUserRequest request) {
        Caller caller = Caller.of(security);
        Account account = users.getAccountFor(caller, email);
        if (request == null) {
            throw invalid("The body is missing.");
        }
        if ((request.expiry() != null || request.role() != null) && caller.role() != Role.ADMIN) {
            throw new Problem(ProblemCode.IMMUTABLE_ATTRIBUTE, "Only administrators can change expiry and role.");
        }
        Optional<EmailAddress> newEmail = Optional.ofNullable(request.email()).map(UsersResource::address);
        UserChange change = new UserChange(newEmail, expiry(request.expiry()), role(request.role()));
        return users.modify(account.id(), change);
    }

    @DELETE
    @Path("{email}/")
    @Access(Access.Who.ADMIN)
    @Operation(summary = "Delete user", description = "Deletes an account and revokes its sessions.")
    @APIResponse(
            responseCode = "200",
            description = "`RESOURCE_DELETED`: The user with email 'andy@example.com' has been deleted.")
    @APIResponse(responseCode = "400", description = "`INVALID_INPUT`: it is the last administrator.")
    public GenericResponse deleteUser(@RestPath String email) {
        Account account = users.getAccount(email);
        users.delete(account.id());
        return new GenericResponse(
                "RESOURCE_DELETED", "The user with email '" + account.email() + "' has been deleted.");
    }

    private static EmailAddress address(String text) {
        return EmailAddress.parse(text).orElseThrow(() -> invalid("The e-mail address is not valid."));
    }

    private static Optional<Instant> expiry(String text) {
        return Optional.ofNullable(text)
                // The JavaScript client sends an empty text for never.
                .map(time -> time.isEmpty() ? Expiry.NEVER.toString() : time)
                .map(time -> Expiry.parse(time)
                        .orElseThrow(() -> invalid("The expiry is not a time like 2030-01-01T12:00:00Z.")));
    }

    private static Optional<Role> role(String text) {
        return Optional.ofNullable(text)
                .map(name -> Role.parse(name).orElseThrow(() -> invalid("The role is not user, admin or service.")));
    }

    private static String searched(String parameter, String text) {
        return QueryParameter.read(parameter, text, EmailAddress::canonical).orElse("");
    }

    private static Problem invalid(String reason) {
        return new Problem(ProblemCode.INVALID_INPUT, reason);
    }
}
