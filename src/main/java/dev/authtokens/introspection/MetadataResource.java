package dev.authtokens.introspection;

import dev.authtokens.ServiceConfig;
import dev.authtokens.access.Access;
import dev.authtokens.access.Role;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * Authorization server metadata (RFC 8414): tells OAuth clients where introspection and revocation are. Its URLs come from the
 * setting only, never from a request, whose {@code Host} a client can choose.
 */
@Path("/.well-known/oauth-authorization-server")
@Tag(name = "checks")
public class MetadataResource {

    /**
     * RFC 8414, section 2. Tokens are issued by the login, not by OAuth, so two lists are empty. Section 3.2 omits empty ones, but
     * without a list of grant types clients would assume two of them.
     */
    @Schema(name = "AuthorizationServerMetadata")
    record Metadata(
            @Schema(required = true, examples = "https://auth.example.com")
            String issuer,

            @Schema(required = true, description = "None: there is no authorization endpoint.")
            List<String> responseTypesSupported,

            @Schema(required = true, description = "None: there is no token endpoint.")
            List<String> grantTypesSupported,

            @Schema(required = true, description = "The roles.")
            List<String> scopesSupported,

            @Schema(required = true, examples = "https://auth.example.com/oauth2/introspect")
            String introspectionEndpoint,

            @Schema(required = true) List<String> introspectionEndpointAuthMethodsSupported,

            @Schema(required = true, examples = "https://auth.example.com/oauth2/revoke")
            String revocationEndpoint,

            @Schema(required = true) List<String> revocationEndpointAuthMethodsSupported) {

        static Metadata of(String url) {
            return new Metadata(
                    url,
                    List.of(),
                    List.of(),
                    Stream.of(Role.values()).map(Role::wireName).toList(),
                    url + "/oauth2/introspect",
                    List.of("client_secret_basic", "client_secret_post", "Bearer"),
                    url + "/oauth2/revoke",
                    List.of("none"));
        }
    }

    private final Optional<Metadata> metadata;

    MetadataResource(ServiceConfig config) {
        this.metadata = config.publicUrl().map(Metadata::of);
    }

    @GET
    @NonBlocking
    @Access(Access.Who.ANYONE)
    @Operation(
            operationId = "getAuthorizationServerMetadata",
            summary = "Get the metadata for OAuth clients (RFC 8414)",
            description = "Where introspection and revocation are, and how their callers authenticate.")
    @APIResponse(responseCode = "200", description = "The metadata.")
    @APIResponse(responseCode = "404", description = "`RESOURCE_NOT_FOUND`: the service was not given its public URL.")
    public Metadata getAuthorizationServerMetadata() {
        return metadata.orElseThrow(() -> new Problem(
                ProblemCode.RESOURCE_NOT_FOUND, "The service was not given its public URL, so it has none."));
    }
}
