package dev.authtokens.user;

import dev.authtokens.access.Caller;
import dev.authtokens.access.Role;
import java.time.Instant;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An account as the API shows it; {@code 0001-01-01T00:00:00Z} is the expiry of one that never expires. */
@Schema(
        name = "V4UserListItem",
        requiredProperties = {"email", "created", "expiry", "role"})
public record UserView(
        @Schema(description = "E-mail address of the user.", examples = "andy@example.com")
        String email,

        @Schema(
                implementation = String.class,
                format = "date-time",
                description = "When the account was created.",
                examples = "2026-01-15T12:00:00Z")
        Instant created,

        @Schema(
                implementation = String.class,
                format = "date-time",
                description = "When the account expires; 0001-01-01T00:00:00Z means never.",
                examples = "0001-01-01T00:00:00Z")
        Instant expiry,

        @Schema(implementation = Role.class, description = "What the account may do.", examples = "user")
        String role) {

    public static UserView of(Account account) {
        return of(account.email(), account.createdAt(), account.expiresAt(), account.role());
    }

    static UserView of(Caller caller) {
        return of(caller.email(), caller.createdAt(), caller.expiresAt(), caller.role());
    }

    static UserView of(User user) {
        return of(user.email, user.createdAt, user.expiresAt, user.role);
    }

    private static UserView of(String email, Instant created, Instant expiresAt, Role role) {
        return new UserView(email, created, Objects.requireNonNullElse(expiresAt, Expiry.NEVER), role.wireName());
    }
}
