package dev.authtokens.token;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.authtokens.ServiceConfig;
import dev.authtokens.user.AccountChanged;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Keeps tokens in memory, and is used only while invalidations are known to arrive. Otherwise every check bypasses it and
 * asks the database.
 *
 * <p>An entry exists before its row is read. Invalidating it discards the read too, so a row that was read before a revocation
 * and arrives after it is never cached. Concurrent checks of one token share one read.
 */
@ApplicationScoped
public class TokenCache {

    /** Limits for how long a change without an invalidation, such as a restored database, goes unnoticed. */
    static final Duration MAX_AGE = Duration.ofMinutes(10);

    /** How long a token that was not valid is refused before it is read again. */
    static final Duration NEGATIVE_MAX_AGE = Duration.ofSeconds(2);

    private final TokenLifetime lifetime;
    private final Function<byte[], CompletableFuture<CachedToken>> load;
    private final AsyncCache<ByteBuffer, CachedToken> entries;
    private final Optional<LastKnownTokens> lastKnown;
    private final Counter bypassed;

    private volatile long trustedUntil = System.nanoTime();

    @Inject
    TokenCache(ServiceConfig config, TokenLoader loader, MeterRegistry metrics) {
        this(
                config.cache().maxEntries(),
                config.cache().outageGrace(),
                TokenLifetime.of(config.token()),
                loader::load,
                metrics);
    }

    /** @param outageGrace zero to keep nothing for an outage of the database */
    TokenCache(
            int maxEntries,
            Duration outageGrace,
            TokenLifetime lifetime,
            Function<byte[], CompletableFuture<CachedToken>> load,
            MeterRegistry metrics) {
        this.lifetime = lifetime;
        this.load = load;
        this.lastKnown =
                outageGrace.isZero() ? Optional.empty() : Optional.of(new LastKnownTokens(maxEntries, outageGrace));
        this.entries = Caffeine.newBuilder()
                .maximumSize(maxEntries)
                .expireAfterWrite(MAX_AGE)
                .executor(Runnable::run)
                .recordStats()
                .buildAsync();
        CaffeineCacheMetrics.monitor(metrics, entries, "tokens");
        this.bypassed = Counter.builder("auth_tokens.cache.bypassed")
                .description("Checks that asked the database because the cache was not trusted")
                .register(metrics);
        Gauge.builder("auth_tokens.cache.trusted", () -> isTrusted() ? 1 : 0)
                .description("1 while revocations are known to arrive and checks are answered from the cache, else 0")
                .register(metrics);
    }

    /** The token: complete at once when it is cached, else once it has been read. Does not block. */
    CompletableFuture<CachedToken> get(byte[] digest, Instant now) {
        if (!isTrusted()) {
            bypassed.increment();
            return load.apply(digest);
        }
        ByteBuffer key = ByteBuffer.wrap(digest);
        CompletableFuture<CachedToken> entry = entry(key);
        if (isStale(entry, now)) {
            entries.asMap().remove(key, entry);
            return entry(key);
        }
        return entry;
    }

    /** The entry is there before its read begins, so that an invalidation from then on finds it. */
    private CompletableFuture<CachedToken> entry(ByteBuffer key) {
        CompletableFuture<CachedToken> loading = new CompletableFuture<>();
        CompletableFuture<CachedToken> entry = entries.get(key, (missing, executor) -> loading);
        if (entry == loading) {
            // By thenCompose, so that what load throws fails the entry too.
            CompletableFuture.completedFuture(key.array()).thenCompose(load).whenComplete((known, failure) -> {
                if (failure == null) {
                    lastKnown.ifPresent(tokens ->
                            tokens.add(key, known, () -> entries.asMap().get(key) == loading));
                    loading.complete(known);
                } else {
                    loading.completeExceptionally(failure);
                }
            });
        }
        return entry;
    }

    /** Checks are answered from the cache until this {@link System#nanoTime}. */
    void trustUntil(long nanoTime) {
        trustedUntil = nanoTime;
    }

    boolean isTrusted() {
        return trustedUntil - System.nanoTime() > 0;
    }

    void tokensRevoked(@Observes(during = TransactionPhase.AFTER_SUCCESS) TokensRevoked revoked) {
        if (revoked.digest() == null) {
            invalidateAll();
        } else {
            invalidate(List.of(revoked.digest()));
        }
    }

    void accountChanged(@Observes(during = TransactionPhase.AFTER_SUCCESS) AccountChanged change) {
        invalidateAccounts(Set.of(change.userId()));
    }

    void invalidate(Collection<byte[]> digests) {
        digests.forEach(digest -> entries.asMap().remove(ByteBuffer.wrap(digest)));
        lastKnown.ifPresent(tokens -> tokens.invalidate(digests));
    }

    /** Includes every entry that is being read, since its account is not known yet. */
    void invalidateAccounts(Set<Long> userIds) {
        entries.asMap()
                .values()
                .removeIf(entry -> !entry.isDone()
                        || entry.isCompletedExceptionally()
                        || entry.join().belongsToAny(userIds));
        lastKnown.ifPresent(tokens -> tokens.invalidateAccounts(userIds));
    }

    void invalidateAll() {
        entries.asMap().clear();
        lastKnown.ifPresent(LastKnownTokens::invalidateAll);
    }

    /** The token as it was last read, for an outage of the database; empty when it is not known, or may have been revoked since. */
    Optional<CachedToken> findLastKnown(byte[] digest) {
        return lastKnown.flatMap(tokens -> tokens.find(digest));
    }

    /**
     * A token that is not valid is read again after a while: another replica may have recorded a use, or the account be valid
     * again. A failed read counts only for the checks that waited for it; the cache removes it a moment later.
     */
    private boolean isStale(CompletableFuture<CachedToken> entry, Instant now) {
        if (!entry.isDone()) {
            return false;
        }
        if (entry.isCompletedExceptionally()) {
            return true;
        }
        CachedToken cached = entry.join();
        return cached.isOlderThan(NEGATIVE_MAX_AGE, now)
                && cached.verify(lifetime, now).isEmpty();
    }
}
