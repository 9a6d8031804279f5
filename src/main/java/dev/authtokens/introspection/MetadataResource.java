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

/** Authorization server metadata (RFC 8414). Its URLs come from the setting only: clients choose the {@code Host}. */
@Path("/.well-known/oauth-authorization-server")
@Tag(name = "checks")
public class MetadataResource {

    /**
     * RFC 8414, section 2. Only the login issues tokens, so two lists are empty. Section 3.2 omits empty lists, but without one of
     * grant types clients would assume two of them.
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
            summary = "Get the metadata for OAuth clients (RFC 8414)",
            description = "Where introspection and revocation are, and how their callers authenticate.")
    @APIResponse(responseCode = "200", description = "The metadata.")
    @APIResponse(responseCode = "404", description = "`RESOURCE_NOT_FOUND`: the service was not given its public URL.")
    public Metadata getAuthorizationServerMetadata() {
        return metadata.orElseThrow(() -> new Problem(
                ProblemCode.RESOURCE_NOT_FOUND, "The service was not given its public URL, so it has none."));
    }
}
