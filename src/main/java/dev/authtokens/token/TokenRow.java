package dev.authtokens.token;

import dev.authtokens.access.Caller;
import java.time.Instant;

/**
 * What a check reads: a token and the account that it was issued to.
 *
 * @param lastUsedAt null when never
 * @param expiresAt by a lifespan of its own; null when it has none
 */
record TokenRow(Caller owner, Instant createdAt, Instant lastUsedAt, Instant expiresAt) {}
