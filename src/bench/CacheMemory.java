package dev.authtokens.token;

import dev.authtokens.access.Caller;
import dev.authtokens.access.Role;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Bytes of heap that a cached token takes, with its account's e-mail address of 24 characters. */
public class CacheMemory {

    private static final int ENTRIES = 200_000;

    public static void main(String[] args) throws Exception {
        TokenLifetime life = new TokenLifetime(Optional.empty(), Optional.empty(), Optional.empty());
        Instant now = Instant.now();
        TokenCache cache = new TokenCache(ENTRIES, Duration.ZERO, life, digest -> read(digest, now), new SimpleMeterRegistry());
        cache.trustUntil(System.nanoTime() + Duration.ofHours(1).toNanos());
        fill(cache, now, 0, ENTRIES / 2);
        long half = used();
        fill(cache, now, ENTRIES / 2, ENTRIES);
        System.out.println((used() - half) / (ENTRIES / 2));
        // Still in use up to here.
        cache.invalidateAll();
    }

    private static void fill(TokenCache cache, Instant now, int from, int to) {
        for (int i = from; i < to; i++) {
            cache.get(ByteBuffer.allocate(32).putInt(i).putInt(i * 31).array(), now).join();
        }
    }

    private static CompletableFuture<CachedToken> read(byte[] digest, Instant now) {
        TokenRow row = row(ByteBuffer.wrap(digest).getInt());
        return CompletableFuture.completedFuture(new CachedToken(row, now.plusNanos(1), now.plusNanos(2)));
    }

    private static TokenRow row(int number) {
        String email = String.format("user-%07d@example.com  ", number);
        Caller owner = new Caller(number, email, Role.USER, Instant.now(), null, new UUID(number, number));
        return new TokenRow(owner, Instant.now(), Instant.now(), null);
    }

    private static long used() throws InterruptedException {
        for (int i = 0; i < 5; i++) {
            System.gc();
            Thread.sleep(200);
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
