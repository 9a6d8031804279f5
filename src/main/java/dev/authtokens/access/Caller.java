package dev.authtokens.access;

import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.util.UUID;

/**
 * The account that a request's token belongs to.
 *
 * @param tokenId the public id of the token, not its secret
 */
public record Caller(long userId, String email, Role role, UUID tokenId) implements Principal {

    /** The caller of an endpoint that is open to signed-in callers. */
    public static Caller of(SecurityContext security) {
        return (Caller) security.getUserPrincipal();
    }

    @Override
    public String getName() {
        return email;
    }
}
