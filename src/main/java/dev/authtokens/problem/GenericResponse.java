package dev.authtokens.problem;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of every error and of every success that has nothing else to say. */
@Schema(name = "V4GenericResponse")
public record GenericResponse(
        @Schema(description = "A machine-readable code.", examples = "PERMISSION_DENIED")
        String code,

        @Schema(description = "A text for people.", examples = "The caller is not allowed to do this.")
        String message) {}
