package dev.authtokens.user;

import dev.authtokens.access.Role;
import java.time.Instant;

/**
 * What the login needs to know of an account.
 *
 * @param expiresAt null when the account never expires
 */
public record Account(long id, String email, String passwordHash, Role role, Instant expiresAt) {

    static Account of(User user) {
        return new Account(user.id, user.email, user.passwordHash, user.role, user.expiresAt);
    }

    public Account withHash(String newHash) {
        return new Account(id, email, newHash, role, expiresAt);
    }

    public boolean isExpired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }
}
