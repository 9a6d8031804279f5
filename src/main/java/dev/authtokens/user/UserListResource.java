package dev.authtokens.user;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.authtokens.access.Access;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.problem.Limit;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** Lists the accounts, however many there are: a page at a time is in memory. */
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
            description = "All accounts in the order of their e-mail addresses, or a part of them.")
    @APIResponse(
            responseCode = "200",
            description = "The accounts.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.ARRAY, implementation = UserView.class)))
    @APIResponse(
            responseCode = "400",
            description = "`INVALID_INPUT`: limit is no number of 1 or more, or the text is none of an address.")
    public StreamingOutput getUsers(
            @RestQuery @Parameter(description = "At most so many; all, when missing.") String limit,
            @RestQuery @Parameter(description = "Only addresses behind this one: the last of the page before.")
                    String after,
            @RestQuery @Parameter(description = "Only addresses that begin so.") String prefix) {
        int wanted = Limit.read(limit, Integer.MAX_VALUE, Integer.MAX_VALUE);
        String canonicalPrefix = searched("prefix", prefix);
        String canonicalAfter = searched("after", after);
        // Read before the answer begins: a database that is away can still be told.
        Iterator<UserView> list =
                users.list(canonicalPrefix, canonicalAfter, wanted).iterator();
        return out -> write(out, list);
    }

    private static String searched(String parameter, String text) {
        try {
            return text == null ? "" : EmailAddress.searched(text);
        } catch (IllegalArgumentException e) {
            throw new Problem(ProblemCode.INVALID_INPUT, "The parameter " + parameter + " is not acceptable.");
        }
    }

    /**
     * Ends the array with its last account only, so that a list that breaks off is no JSON, whether the framework ends the
     * connection or puts an error behind the accounts.
     */
    private void write(OutputStream out, Iterator<UserView> list) throws IOException {
        JsonGenerator json = mapper.createGenerator(out);
        json.writeStartArray();
        while (list.hasNext()) {
            json.writePOJO(list.next());
        }
        json.writeEndArray();
        json.close();
    }
}
