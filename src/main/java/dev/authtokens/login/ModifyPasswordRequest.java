package dev.authtokens.login;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of a password change. */
@Schema(name = "V4ModifyUserPasswordRequest")
public record ModifyPasswordRequest(
        @Schema(
                description = "Current password in Base64; not required from administrators.",
                examples = "Y29ycmVjdCBob3JzZSBiYXR0ZXJ5")
        String currentPasswordBase64,

        @Schema(
                description = "New password (UTF-8) in Base64.",
                required = true,
                examples = "YW5vdGhlciBob3JzZSBhbmQgYmF0dGVyeQ==")
        String newPasswordBase64) {

    /** Leaves the password out: a record would print it. */
    @Override
    public String toString() {
        return "ModifyPasswordRequest[]";
    }
}
