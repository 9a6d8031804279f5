package dev.authtokens.user;

import dev.authtokens.access.Role;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A change of an account. What is missing stays as it is. */
@Schema(name = "V4ModifyUserRequest")
public record ModifyUserRequest(
        @Schema(description = "New e-mail address.", examples = "edited@example.com")
        String email,

        @Schema(
                format = "date-time",
                description = "New expiry, an empty text or 0001-01-01T00:00:00Z for never; for administrators only.",
                examples = "2030-01-01T12:00:00Z")
        String expiry,

        @Schema(implementation = Role.class, description = "New role; for administrators only.", examples = "user")
        String role) {}
