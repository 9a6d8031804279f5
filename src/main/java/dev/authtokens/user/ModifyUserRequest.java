package dev.authtokens.user;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A change of an account. What is missing stays as it is. */
@Schema(name = "V4ModifyUserRequest")
public record ModifyUserRequest(
        @Schema(description = "New e-mail address.", examples = "edited@example.com")
        String email,

        @Schema(description = "New expiry; for administrators only.", examples = "2030-01-01T12:00:00Z")
        String expiry,

        @Schema(description = "New role; for administrators only.", examples = "admin")
        String role) {}
