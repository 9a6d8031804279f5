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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Keeps in memory what was read about tokens, as long as it is certain that news of their end comes through. Else every
 * check goes to the database.
 *
 * <p>What is being read counts as an entry from before the reading began. Dropping it drops the reading too, so that no
 * token comes back that was read before its end and arrives after it; and checks of one token share one reading.
 */
@ApplicationScoped
public class TokenCache {

    /** Bounds the harm of a change that nobody told, such as one in a restored database. */
    static final Duration LONGEST_STAY = Duration.ofMinutes(10);

    /** So long a token stays refused that was not good, before it is read again. */
    static final Duration REFUSAL = Duration.ofSeconds(2);

    private final AsyncCache<ByteBuffer, KnownToken> entries;
    private final Counter bypassed;

    private volatile long trustedUntil = System.nanoTime();

    @Inject
    TokenCache(ServiceConfig config, MeterRegistry metrics) {
        this(config.cache().maxEntries(), metrics);
    }

    TokenCache(int maxEntries, MeterRegistry metrics) {
        this.entries = Caffeine.newBuilder()
                .maximumSize(maxEntries)
                .expireAfterWrite(LONGEST_STAY)
                .executor(Runnable::run)
                .recordStats()
                .buildAsync();
        CaffeineCacheMetrics.monitor(metrics, entries, "tokens");
        this.bypassed = Counter.builder("auth_tokens.cache.bypassed")
                .description("Checks that went to the database because revocations might not come through")
                .register(metrics);
        Gauge.builder("auth_tokens.cache.trusted", () -> isTrusted() ? 1 : 0)
                .description("1 while revocations are proven to come through and checks are answered from memory")
                .register(metrics);
    }

    /** What is known about a token: at once when it is in memory, else when it has been read, which waits for nothing here. */
    CompletableFuture<KnownToken> get(
            byte[] digest, Instant now, TokenLife life, Function<byte[], CompletableFuture<KnownToken>> read) {
        if (!isTrusted()) {
            bypassed.increment();
            return read.apply(digest);
        }
        ByteBuffer key = ByteBuffer.wrap(digest);
        CompletableFuture<KnownToken> entry = entry(key, read);
        if (isOutdated(entry, now, life)) {
            entries.asMap().remove(key, entry);
            return entry(key, read);
        }
        return entry;
    }

    /** It is among the entries before its reading begins: whoever drops some from then on finds it. */
    private CompletableFuture<KnownToken> entry(ByteBuffer key, Function<byte[], CompletableFuture<KnownToken>> read) {
        CompletableFuture<KnownToken> unread = new CompletableFuture<>();
        CompletableFuture<KnownToken> entry = entries.get(key, (missing, executor) -> unread);
        if (entry == unread) {
            CompletableFuture.completedFuture(key.array()).thenCompose(read).whenComplete((known, failure) -> {
                if (failure == null) {
                    unread.complete(known);
                } else {
                    unread.completeExceptionally(failure);
                }
            });
        }
        return entry;
    }

    /** Lets checks be answered from memory up to this {@link System#nanoTime}. */
    void trustUntil(long nanoTime) {
        trustedUntil = nanoTime;
    }

    boolean isTrusted() {
        return trustedUntil - System.nanoTime() > 0;
    }

    void drop(@Observes(during = TransactionPhase.AFTER_SUCCESS) TokenEnded ended) {
        drop(List.of(ended.digest()));
    }

    void drop(@Observes(during = TransactionPhase.AFTER_SUCCESS) AccountChanged change) {
        dropAccounts(Set.of(change.userId()));
    }

    void drop(Collection<byte[]> digests) {
        digests.forEach(digest -> entries.asMap().remove(ByteBuffer.wrap(digest)));
    }

    /** Also everything that is being read: nobody knows yet whose tokens those are. */
    void dropAccounts(Set<Long> userIds) {
        entries.asMap()
                .values()
                .removeIf(entry -> !entry.isDone()
                        || entry.isCompletedExceptionally()
                        || entry.join().isOfAny(userIds));
    }

    void dropAll() {
        entries.asMap().clear();
    }

    /**
     * It may have been used on another replica, and its account be good again: what is refused is read anew after a while.
     * What could not be read is for those alone who waited for it, though the cache takes a moment to forget it.
     */
    private static boolean isOutdated(CompletableFuture<KnownToken> entry, Instant now, TokenLife life) {
        if (!entry.isDone()) {
            return false;
        }
        if (entry.isCompletedExceptionally()) {
            return true;
        }
        KnownToken known = entry.join();
        return known.isOlderThan(REFUSAL, now) && known.live(life, now).isEmpty();
    }
}
