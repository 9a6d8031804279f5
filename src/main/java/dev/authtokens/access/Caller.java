package dev.authtokens.access;

import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.time.Instant;
import java.util.UUID;

/**
 * The account that a request's token belongs to.
 *
 * @param createdAt when the account was created
 * @param expiresAt when the account expires; null when never
 * @param tokenId the public id of the token, not its secret; null when the caller sent a password
 */
public record Caller(long userId, String email, Role role, Instant createdAt, Instant expiresAt, UUID tokenId)
        implements Principal {

    /** The caller of an endpoint that needs a token. */
    public static Caller of(SecurityContext security) {
        return (Caller) security.getUserPrincipal();
    }

    @Override
    public String getName() {
        return email;
    }
}
