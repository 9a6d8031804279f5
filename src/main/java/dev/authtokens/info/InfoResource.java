package dev.authtokens.info;

import dev.authtokens.ServiceConfig;
import dev.authtokens.access.Access;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Describes the installation; clients of the whole API read it right after a login. */
@Path("/")
@NonBlocking
@Tag(name = "info")
public class InfoResource {

    /** Says what answers here. */
    @Schema(
            name = "Ping",
            requiredProperties = {"name", "openapi"})
    record Ping(
            @Schema(examples = "auth-tokens") String name,

            @Schema(description = "Where the API is described.", examples = "/q/openapi")
            String openapi) {}

    private static final Ping PING = new Ping("auth-tokens", "/q/openapi");

    private final InfoResponse info;

    InfoResource(ServiceConfig config) {
        this.info = InfoResponse.of(config.info());
    }

    @GET
    @Access(Access.Who.ANYONE)
    @Operation(summary = "Ping", description = "Answers as soon as the service is reached.")
    @APIResponse(responseCode = "200", description = "The service is there.")
    @APIResponse(responseCode = "406", description = "`NOT_ACCEPTABLE`: the client does not accept application/json.")
    public Ping ping() {
        return PING;
    }

    @GET
    @Path("/v4/info/")
    @Access(Access.Who.SIGNED_IN)
    @Operation(
            summary = "Get information on the installation",
            description = "Name, provider and data center as configured.")
    public InfoResponse getInfo() {
        return info;
    }
}
