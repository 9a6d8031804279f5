package dev.authtokens.user;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.access.Role;
import java.time.Instant;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * A change of an account. What is empty stays as it is.
 *
 * @param expiresAt in it, another Optional: empty means never
 */
public record UserChange(Optional<EmailAddress> email, Optional<Optional<Instant>> expiresAt, Optional<Role> role) {

    public static UserChange ofExpiry(Optional<Instant> expiresAt) {
        return new UserChange(Optional.empty(), Optional.of(expiresAt), Optional.empty());
    }

    public static UserChange ofRole(Role role) {
        return new UserChange(Optional.empty(), Optional.empty(), Optional.of(role));
    }

    boolean isEmpty() {
        return email.isEmpty() && expiresAt.isEmpty() && role.isEmpty();
    }

    /** Whether an administrator would lose the role, or expire at once. */
    boolean removesAdministrator(Instant now) {
        return role.filter(newRole -> newRole != Role.ADMIN).isPresent()
                || expiresAt
                        .flatMap(expiry -> expiry)
                        .filter(expiry -> !expiry.isAfter(now))
                        .isPresent();
    }

    /** For people who read the audit log. */
    String describe() {
        StringJoiner changes = new StringJoiner(", ");
        email.ifPresent(address -> changes.add("email: " + address.displayForm()));
        expiresAt.ifPresent(
                expiry -> changes.add("expiry: " + expiry.map(Instant::toString).orElse("never")));
        role.ifPresent(newRole -> changes.add("role: " + newRole.wireName()));
        return changes.toString();
    }
}
