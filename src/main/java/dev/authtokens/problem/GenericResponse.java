package dev.authtokens.problem;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of every error and of every success that has nothing else to say. */
@Schema(
        name = "V4GenericResponse",
        requiredProperties = {"code", "message"})
public record GenericResponse(
        @Schema(description = "A machine-readable code.", examples = "PERMISSION_DENIED")
        String code,

        @Schema(description = "A text for people.", examples = "The caller is not allowed to do this.")
        String message,

        @Schema(description = "The error code of RFC 6749 or RFC 6750; missing outside of `/oauth2/`.")
        String error,

        @Schema(description = "The same text as `message`; missing outside of `/oauth2/`.")
        String errorDescription) {

    public GenericResponse(String code, String message) {
        this(code, message, null, null);
    }
}
