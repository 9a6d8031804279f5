package dev.authtokens.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.access.Caller;
import dev.authtokens.access.Role;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenCacheTest {

    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
    private static final TokenLifetime ENDLESS =
            new TokenLifetime(Optional.empty(), Optional.empty(), Optional.empty());
    private static final byte[] DIGEST = new byte[32];
    private static final long USER = 7;

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final TokenCache cache = cache(Duration.ofMinutes(1), metrics);
    private final AtomicInteger readings = new AtomicInteger();
    private Function<byte[], CompletableFuture<CachedToken>> load;

    @BeforeEach
    void trust() {
        cache.trustUntil(System.nanoTime() + Duration.ofHours(1).toNanos());
    }

    @Test
    void readsOnceForManyChecks() {
        for (int i = 0; i < 10; i++) {
            get(digest -> known(null)).join();
        }
        assertEquals(1, readings.get());
        assertEquals(
                9,
                metrics.get("cache.gets")
                        .tags("result", "hit")
                        .functionCounter()
                        .count());
        assertTrue(get(digest -> known(null)).isDone());
    }

    @Test
    void sharesOneReadingAmongChecksThatComeMeanwhile() throws Exception {
        CountDownLatch database = new CountDownLatch(1);
        List<CompletableFuture<CachedToken>> checks =
                List.of(getSlowly(database), getSlowly(database), getSlowly(database));
        assertFalse(checks.get(0).isDone());
        database.countDown();
        checks.forEach(CompletableFuture::join);
        assertEquals(1, readings.get());
    }

    @Test
    void keepsNothingThatWasReadBeforeTheTokenWasRevoked() throws Exception {
        isNotKept(token -> token.invalidate(List.of(DIGEST)));
    }

    @Test
    void keepsNothingThatWasReadBeforeAnyAccountChanged() throws Exception {
        isNotKept(token -> token.invalidateAccounts(Set.of(USER + 1)));
    }

    @Test
    void keepsNothingThatWasReadBeforeEverythingWasDropped() throws Exception {
        isNotKept(TokenCache::invalidateAll);
    }

    /** The answer of the database may be there before its reading has begun here, and the invalidation comes in between. */
    @Test
    void keepsNothingWhoseReadingBeganAsAnAccountChangedOrEverythingWasDropped() {
        for (Consumer<TokenCache> invalidation :
                List.<Consumer<TokenCache>>of(all -> all.invalidateAccounts(Set.of(USER)), TokenCache::invalidateAll)) {
            readings.set(0);
            List<CompletableFuture<CachedToken>> after = new ArrayList<>();
            load = digest -> {
                invalidation.accept(cache);
                after.add(get(again -> known(null)));
                return CompletableFuture.completedFuture(known(null));
            };
            cache.get(DIGEST.clone(), NOW);
            after.get(0).join();
            get(digest -> known(null)).join();
            assertEquals(1, readings.get());
            cache.invalidateAll();
        }
    }

    @Test
    void keepsForAnOutageWhatWasReadAndNotRevokedSince() {
        for (Consumer<TokenCache> revocation : List.<Consumer<TokenCache>>of(
                all -> all.invalidate(List.of(DIGEST)),
                all -> all.invalidateAccounts(Set.of(USER)),
                TokenCache::invalidateAll)) {
            assertTrue(cache.findLastKnown(DIGEST).isEmpty());
            CachedToken read = get(digest -> known(null)).join();
            cache.invalidateAccounts(Set.of(USER + 1));
            cache.trustUntil(System.nanoTime() - 1);
            assertEquals(Optional.of(read), cache.findLastKnown(DIGEST));
            revocation.accept(cache);
            assertTrue(cache.findLastKnown(DIGEST).isEmpty());
            trust();
        }
    }

    @Test
    void keepsNothingForAnOutageThatWasReadBeforeARevocationOrIsUnknown() throws Exception {
        CountDownLatch database = new CountDownLatch(1);
        CompletableFuture<CachedToken> before = getSlowly(database);
        cache.invalidate(List.of(DIGEST));
        database.countDown();
        before.join();
        assertTrue(cache.findLastKnown(DIGEST).isEmpty());
        get(digest -> new CachedToken(null, null, NOW)).join();
        assertTrue(cache.findLastKnown(DIGEST).isEmpty());
    }

    @Test
    void whatItKeepsForAnOutageExpires() {
        get(digest -> known(NOW.plusSeconds(1))).join();
        CachedToken kept = cache.findLastKnown(DIGEST).orElseThrow();
        assertTrue(kept.verify(ENDLESS, NOW).isPresent());
        assertTrue(kept.verify(ENDLESS, NOW.plusSeconds(1)).isEmpty());
    }

    @Test
    void keepsNothingForAnOutageWithoutAGrace() {
        TokenCache without = cache(Duration.ZERO, new SimpleMeterRegistry());
        without.trustUntil(System.nanoTime() + Duration.ofHours(1).toNanos());
        load = digest -> CompletableFuture.completedFuture(known(null));
        without.get(DIGEST.clone(), NOW);
        assertTrue(without.findLastKnown(DIGEST).isEmpty());
    }

    /** Such as of an executor that is shut down. */
    @Test
    void failsChecksWhoseReadingCannotBegin() {
        load = digest -> {
            throw new IllegalStateException("no threads");
        };
        CompletableFuture<CachedToken> check = cache.get(DIGEST.clone(), NOW);
        assertThrows(CompletionException.class, check::join);
    }

    private void isNotKept(Consumer<TokenCache> invalidation) throws Exception {
        CountDownLatch database = new CountDownLatch(1);
        CompletableFuture<CachedToken> before = getSlowly(database);
        invalidation.accept(cache);
        CompletableFuture<CachedToken> after = getSlowly(database);
        database.countDown();
        before.join();
        after.join();
        assertEquals(2, readings.get(), "a check after the invalidation must not share the reading from before");
        get(digest -> known(null)).join();
        assertEquals(2, readings.get(), "what was read after the invalidation is kept");
    }

    @Test
    void dropsTheTokensOfAnAccountOnly() {
        get(digest -> known(null)).join();
        cache.invalidateAccounts(Set.of(USER + 1));
        get(digest -> known(null)).join();
        assertEquals(1, readings.get());
        cache.invalidateAccounts(Set.of(USER + 1, USER));
        get(digest -> known(null)).join();
        assertEquals(2, readings.get());
    }

    @Test
    void asksTheDatabaseEachTimeWhileItIsNotTrusted() {
        get(digest -> known(null)).join();
        cache.trustUntil(System.nanoTime() - 1);
        get(digest -> known(null)).join();
        get(digest -> known(null)).join();
        assertEquals(3, readings.get());
        assertEquals(2, metrics.get("auth_tokens.cache.bypassed").counter().count());
        assertEquals(0, metrics.get("auth_tokens.cache.trusted").gauge().value());
    }

    @Test
    void readsAgainWhatIsRefusedButNotAtOnce() {
        Instant expired = NOW.minusSeconds(1);
        get(digest -> known(expired)).join();
        get(digest -> known(null)).join();
        assertEquals(1, readings.get());
        CachedToken later = cache.get(
                        DIGEST, NOW.plus(TokenCache.NEGATIVE_MAX_AGE).plusMillis(1))
                .join();
        assertEquals(2, readings.get());
        assertTrue(later.verify(ENDLESS, NOW).isPresent());
    }

    @Test
    void forgetsAFailedReading() {
        CompletableFuture<CachedToken> failed = get(digest -> {
            throw new IllegalStateException("no database");
        });
        assertThrows(CompletionException.class, failed::join);
        assertEquals(
                Optional.of(USER),
                get(digest -> known(null))
                        .join()
                        .verify(ENDLESS, NOW)
                        .map(token -> token.owner().userId()));
    }

    private CompletableFuture<CachedToken> get(Function<byte[], CachedToken> read) {
        load = counted(read);
        return cache.get(DIGEST.clone(), NOW);
    }

    private CompletableFuture<CachedToken> getSlowly(CountDownLatch database) {
        return get(digest -> {
            try {
                database.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return known(null);
        });
    }

    private Function<byte[], CompletableFuture<CachedToken>> counted(Function<byte[], CachedToken> read) {
        return digest -> {
            readings.incrementAndGet();
            return CompletableFuture.supplyAsync(() -> read.apply(digest));
        };
    }

    private TokenCache cache(Duration outageGrace, SimpleMeterRegistry registry) {
        return new TokenCache(1000, outageGrace, ENDLESS, digest -> load.apply(digest), registry);
    }

    private static CachedToken known(Instant accountExpiry) {
        return new CachedToken(
                new TokenRow(
                        new Caller(USER, "user@example.com", Role.USER, NOW, accountExpiry, UUID.randomUUID()),
                        NOW.minusSeconds(60),
                        null,
                        null),
                null,
                NOW);
    }
}
