package dev.authtokens.user;

import dev.authtokens.access.Caller;
import dev.authtokens.access.Role;
import java.time.Instant;
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
        return new UserView(
                account.email(),
                account.createdAt(),
                Expiry.show(account.expiresAt()),
                account.role().wireName());
    }

    static UserView of(Caller caller) {
        return new UserView(
                caller.email(),
                caller.createdAt(),
                Expiry.show(caller.expiresAt()),
                caller.role().wireName());
    }

    static UserView of(User user) {
        return new UserView(user.email, user.createdAt, Expiry.show(user.expiresAt), user.role.wireName());
    }
}
