package dev.authtokens.user;

import dev.authtokens.access.Role;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A new account. */
@Schema(name = "V4CreateUserRequest")
public record CreateUserRequest(
        @Schema(
                description = "A Base64 encoded password (UTF-8), despite the name of the field.",
                required = true,
                examples = "Y29ycmVjdCBob3JzZSBiYXR0ZXJ5")
        String password,

        @Schema(
                format = "date-time",
                description = "When the account expires; none, an empty text or 0001-01-01T00:00:00Z means never.",
                examples = "2030-01-01T12:00:00Z")
        String expiry,

        @Schema(implementation = Role.class, description = "`user`, when missing.", examples = "user")
        String role) {

    /** Leaves the password out: a record would print it. */
    @Override
    public String toString() {
        return "CreateUserRequest[]";
    }
}
