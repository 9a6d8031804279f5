package dev.authtokens.user;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.authtokens.access.Access;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.problem.QueryParameter;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.StreamingOutput;
import java.util.Iterator;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** Lists the accounts as a stream, with one page of them in memory. */
@Path("/v4/users/")
@Tag(name = "users")
public class UserListResource {

    private final UserStore users;
    private final ObjectMapper mapper;

    UserListResource(UserStore users, ObjectMapper mapper) {
        this.users = users;
        this.mapper = mapper;
    }

    @GET
    @Access(Access.Who.ADMIN)
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "getUsers",
            summary = "Get users",
            description = "Accounts in the order of their e-mail addresses.")
    @APIResponse(
            responseCode = "200",
            description = "The accounts.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.ARRAY, implementation = UserView.class)))
    @APIResponse(
            responseCode = "400",
            description = "`INVALID_INPUT`: limit is not a number of 1 or more, or a text contains NUL.")
    public StreamingOutput getUsers(
            @RestQuery @Parameter(description = "Maximum number of accounts; all by default.") String limit,
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

    private static String searched(String parameter, String text) {
        return QueryParameter.read(parameter, text, EmailAddress::searched).orElse("");
    }
}
