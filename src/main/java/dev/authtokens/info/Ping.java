package dev.authtokens.info;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Says what answers here. */
@Schema(name = "Ping")
public record Ping(
        @Schema(examples = "auth-tokens") String name,

        @Schema(description = "Where the API is described.", examples = "/q/openapi")
        String openapi) {}
