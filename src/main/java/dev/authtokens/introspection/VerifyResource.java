package dev.authtokens.introspection;

import dev.authtokens.access.Access;
import dev.authtokens.access.Caller;
import dev.authtokens.access.Role;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.SecurityContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * Forward authentication: a proxy asks before it lets a request through. The answer names the account in headers, which the
 * proxy passes on in place of any that the client sent.
 */
@Path("/v4/auth-tokens/verify/")
@Tag(name = "checks")
public class VerifyResource {

    static final String USER = "X-Auth-Request-User";
    static final String EMAIL = "X-Auth-Request-Email";
    static final String ROLE = "X-Auth-Request-Role";

    /** For callers that read the body and not the headers. */
    @Schema(
            name = "VerifiedAuthToken",
            requiredProperties = {"email", "role"})
    record VerifyResponse(
            @Schema(examples = "andy@example.com") String email,

            @Schema(implementation = Role.class, examples = "user")
            String role) {}

    /** Query parameter, may be repeated: the account must have one of these roles. */
    static final String REQUIRED_ROLE = "role";

    @GET
    @NonBlocking
    @Access(Access.Who.BEARER)
    @Operation(
            summary = "Verify an auth token (forward authentication)",
            description = "For proxies: nginx `auth_request`, Traefik, HAProxy. The account is named in the headers"
                    + " `X-Auth-Request-User` (its id), `X-Auth-Request-Email` (percent-encoded as a whole where it is"
                    + " not plain ASCII) and `X-Auth-Request-Role`. Every method, and every path below this one, is"
                    + " answered alike; the body and all headers but `Authorization` are ignored.")
    @APIResponse(
            responseCode = "200",
            description = "The token is valid.",
            headers = {
                @Header(name = USER, ref = USER),
                @Header(name = EMAIL, ref = EMAIL),
                @Header(name = ROLE, ref = ROLE)
            })
    @APIResponse(
            responseCode = "403",
            description = "`PERMISSION_DENIED`: the account has none of the roles that the parameter asks for.")
    public RestResponse<VerifyResponse> verifyAuthToken(
            @Parameter(
                            description =
                                    "The account must have one of these roles. A name that is no role admits nobody.",
                            schema = @Schema(type = SchemaType.ARRAY, implementation = Role.class))
                    @QueryParam(REQUIRED_ROLE)
                    List<String> roles,
            @Context SecurityContext security) {
        Caller caller = Caller.of(security);
        if (!roles.isEmpty() && !roles.contains(caller.role().wireName())) {
            throw new Problem(ProblemCode.FORBIDDEN);
        }
        return RestResponse.ResponseBuilder.ok(
                        new VerifyResponse(caller.email(), caller.role().wireName()))
                .header(USER, caller.userId())
                .header(EMAIL, encoded(caller.email()))
                .header(ROLE, caller.role().wireName())
                .build();
    }

    /** A header holds visible ASCII (RFC 9110, section 5.5): an address with other characters, or with {@code %}, is encoded. */
    private static String encoded(String email) {
        boolean isPlain = email.chars().allMatch(c -> c < 0x7f && c != '%');
        return isPlain ? email : URLEncoder.encode(email, StandardCharsets.UTF_8);
    }
}
