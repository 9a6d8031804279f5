package dev.authtokens.user;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.access.Role;
import java.time.Instant;
import java.util.Optional;
import java.util.StringJoiner;

/** A change of an account. What is empty stays as it is; {@link Expiry#NEVER} removes the expiry. */
public record UserChange(Optional<EmailAddress> email, Optional<Instant> expiry, Optional<Role> role) {

    public static UserChange ofExpiry(Instant expiry) {
        return new UserChange(Optional.empty(), Optional.of(expiry), Optional.empty());
    }

    public static UserChange ofRole(Role role) {
        return new UserChange(Optional.empty(), Optional.empty(), Optional.of(role));
    }

    boolean isEmpty() {
        return email.isEmpty() && expiry.isEmpty() && role.isEmpty();
    }

    /** Whether an administrator would lose the role, or expire at once. */
    boolean removesAdministrator(Instant now) {
        return role.filter(newRole -> newRole != Role.ADMIN).isPresent()
                || expiry.filter(time -> !time.equals(Expiry.NEVER) && !time.isAfter(now))
                        .isPresent();
    }

    /** For people who read the audit log. */
    String describe() {
        StringJoiner changes = new StringJoiner(", ");
        email.ifPresent(address -> changes.add("email: " + address.displayForm()));
        expiry.ifPresent(time -> changes.add("expiry: " + (time.equals(Expiry.NEVER) ? "never" : time)));
        role.ifPresent(newRole -> changes.add("role: " + newRole.wireName()));
        return changes.toString();
    }
}
