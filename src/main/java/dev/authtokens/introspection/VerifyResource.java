package dev.authtokens.introspection;

import dev.authtokens.access.Access;
import dev.authtokens.access.Caller;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.SecurityContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * Forward authentication: a proxy sends the Authorization header of a request here before it lets the request through. The
 * answer names the account in headers, which the proxy passes on in place of any that the client sent.
 */
@Path("/v4/auth-tokens/verify/")
@Tag(name = "checks")
public class VerifyResource {

    static final String USER = "X-Auth-Request-User";
    static final String EMAIL = "X-Auth-Request-Email";
    static final String ROLE = "X-Auth-Request-Role";

    /** For callers that read the body and not the headers. */
    @Schema(name = "VerifiedAuthToken")
    record VerifyResponse(
            @Schema(examples = "andy@example.com") String email,
            @Schema(examples = "user") String role) {}

    @GET
    @NonBlocking
    @Access(Access.Who.BEARER)
    @Operation(
            operationId = "verifyAuthToken",
            summary = "Verify an auth token (forward authentication)",
            description = "For proxies: nginx `auth_request`, Traefik, HAProxy. The account is named in the headers"
                    + " `X-Auth-Request-User` (its id), `X-Auth-Request-Email` (percent-encoded as a whole where it is"
                    + " not plain ASCII) and `X-Auth-Request-Role`.")
    @APIResponse(responseCode = "200", description = "The token is valid.")
    public RestResponse<VerifyResponse> verifyAuthToken(@Context SecurityContext security) {
        Caller caller = Caller.of(security);
        return RestResponse.ResponseBuilder.ok(
                        new VerifyResponse(caller.email(), caller.role().wireName()))
                .header(USER, caller.userId())
                .header(EMAIL, encoded(caller.email()))
                .header(ROLE, caller.role().wireName())
                .build();
    }

    /** A header holds visible ASCII (RFC 9110, section 5.5): an address with other characters, or with {@code %}, is encoded. */
    private static String encoded(String email) {
        for (int i = 0; i < email.length(); i++) {
            if (email.charAt(i) >= 0x7f || email.charAt(i) == '%') {
                return URLEncoder.encode(email, StandardCharsets.UTF_8);
            }
        }
        return email;
    }
}
