package dev.authtokens.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Tokens as they were last read, for an outage of the database. The cache drops a token some time after it was read, even if it
 * is used; here it stays for longer, so that a token which was checked within that time is found. An invalidation removes a
 * token from the cache first and then here. As a token is added here only while it is cached, one that was revoked does not stay.
 */
final class LastKnownTokens {

    private final Cache<ByteBuffer, CachedToken> tokens;

    LastKnownTokens(int maxEntries, Duration grace) {
        this.tokens = Caffeine.newBuilder()
                .maximumSize(maxEntries)
                .expireAfterWrite(TokenCache.MAX_AGE.multipliedBy(2).plus(grace))
                .executor(Runnable::run)
                .build();
    }

    synchronized void add(ByteBuffer key, CachedToken token, BooleanSupplier isStillCached) {
        if (!token.exists()) {
            tokens.invalidate(key);
        } else if (isStillCached.getAsBoolean()) {
            tokens.put(key, token);
        }
    }

    Optional<CachedToken> find(byte[] digest) {
        return Optional.ofNullable(tokens.getIfPresent(ByteBuffer.wrap(digest)));
    }

    synchronized void invalidate(Collection<byte[]> digests) {
        digests.forEach(digest -> tokens.invalidate(ByteBuffer.wrap(digest)));
    }

    synchronized void invalidateAccounts(Set<Long> userIds) {
        tokens.asMap().values().removeIf(token -> token.belongsToAny(userIds));
    }

    synchronized void invalidateAll() {
        tokens.invalidateAll();
    }
}
