package dev.authtokens.token;

import dev.authtokens.access.Caller;
import dev.authtokens.access.Role;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.UUID;

/** What a check reads: a token and the account that it was issued to. */
@RegisterForReflection
record TokenOwner(
        UUID tokenId,
        Instant createdAt,
        Instant lastUsedAt,
        long userId,
        String email,
        Role role,
        Instant accountExpiresAt) {

    boolean isAccountExpired(Instant now) {
        return accountExpiresAt != null && !now.isBefore(accountExpiresAt);
    }

    Caller caller() {
        return new Caller(userId, email, role, tokenId);
    }
}
