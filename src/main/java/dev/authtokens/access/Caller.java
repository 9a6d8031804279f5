package dev.authtokens.access;

import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.time.Instant;
import java.util.Optional;
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

    /**
     * Administrators act on every account, others on their own only.
     *
     * @param account its id, empty when there is none; not its e-mail address, which may belong to another account by now
     * @throws Problem {@code PERMISSION_DENIED} 403, also for accounts that do not exist
     */
    public void requireMayActOn(Optional<Long> account) {
        if (role != Role.ADMIN && !account.equals(Optional.of(userId))) {
            throw new Problem(ProblemCode.FORBIDDEN);
        }
    }

    @Override
    public String getName() {
        return email;
    }
}
