package dev.authtokens.token;

import java.time.Instant;
import java.util.UUID;

/**
 * A valid token as lists show it, without its secret and digest. What is not known of the login is null.
 *
 * @param id public; identifies the token in lists and revocations
 * @param lastUsedAt null when it was never used
 * @param name null for a login
 * @param expiresAt when it or its account expires if it is not used before; null when never
 */
public record IssuedToken(
        UUID id,
        Instant createdAt,
        Instant lastUsedAt,
        Instant expiresAt,
        String name,
        String address,
        String userAgent,
        String activity) {}
