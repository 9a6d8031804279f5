package dev.authtokens.token;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.access.Caller;
import dev.authtokens.access.Role;
import dev.authtokens.database.DatabaseLease;
import dev.authtokens.token.RevocationReading.Row;
import dev.authtokens.token.RevocationReading.Server;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.persistence.PersistenceException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RevocationReadingTest {

    private static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");
    private static final Server SERVER = new Server(7, "00000002", NOW, "16384 1.7");
    private static final byte[] DIGEST = new byte[32];
    private static final long USER = 1;

    @Test
    void continuesOnTheSameServerWithALogThatHasNotShrunk() {
        RevocationReading previous = reading(SERVER, 10);
        assertTrue(reading(SERVER, 10).continues(previous));
        assertTrue(reading(SERVER, 11).continues(previous));
        assertTrue(reading(SERVER, 0).continues(previous), "old rows were deleted");
        assertFalse(reading(SERVER, 9).continues(previous), "restored");
        Instant later = NOW.plus(RevocationReading.MAX_GAP);
        assertTrue(new RevocationReading(SERVER, false, true, "1:1:", 10, later, List.of()).mayLackRowsSince(previous));
        assertFalse(reading(SERVER, 11).mayLackRowsSince(previous));
        for (Server other : List.of(
                new Server(8, "00000002", NOW, "16384 1.7"),
                new Server(7, "00000003", NOW, "16384 1.7"),
                new Server(7, "00000002", NOW.plusSeconds(1), "16384 1.7"),
                new Server(7, "00000002", NOW, "16384 1.8"))) {
            assertFalse(reading(other, 11).continues(previous), other.toString());
        }
    }

    @Test
    void aFormerPrimaryHasAnOlderTimelineOfTheSameSystem() {
        assertTrue(new Server(7, "00000001", NOW, "1").isOlderThan(SERVER));
        assertFalse(SERVER.isOlderThan(SERVER));
        assertFalse(new Server(7, "0000000A", NOW, "1").isOlderThan(SERVER));
        assertFalse(new Server(8, "00000001", NOW, "1").isOlderThan(SERVER));
        assertFalse(new Server(7, "", NOW, "1").isOlderThan(new Server(7, "", NOW, "1")), "where it is not known");
    }

    @Test
    void invalidatesWhatItsRowsName() {
        assertFalse(isCachedAfter(new Row(DIGEST, null, NOW)));
        assertFalse(isCachedAfter(new Row(null, USER, NOW)));
        assertFalse(isCachedAfter(new Row(null, null, NOW)));
        assertTrue(isCachedAfter(new Row(new byte[] {1}, null, NOW)));
        assertTrue(isCachedAfter(new Row(null, USER + 1, NOW)));
        assertTrue(isCachedAfter());
        Row[] many = Collections.nCopies(RevocationReading.MAX_ROWS + 1, new Row(null, USER + 1, NOW))
                .toArray(Row[]::new);
        assertFalse(isCachedAfter(many));
    }

    private static boolean isCachedAfter(Row... rows) {
        TokenLifetime lifetime = new TokenLifetime(Optional.empty(), Optional.empty(), Optional.empty());
        TokenRow row = new TokenRow(
                new Caller(USER, "user@example.com", Role.USER, NOW, null, UUID.randomUUID()), NOW, null, null);
        TokenCache cache = new TokenCache(
                100,
                Duration.ZERO,
                lifetime,
                digest -> CompletableFuture.completedFuture(new CachedToken(row, null, NOW)),
                new SimpleMeterRegistry());
        cache.trustUntil(System.nanoTime() + Duration.ofHours(1).toNanos());
        CachedToken token = cache.get(DIGEST, NOW).join();
        new RevocationReading(SERVER, false, true, "1:1:", 1, NOW, List.of(rows)).invalidate(cache);
        return cache.get(DIGEST, NOW).join() == token;
    }

    @Test
    void onlyReadsFromTheServerOfTheLogCount() {
        TrustedServer trusted = new TrustedServer(new DatabaseLease(false));
        assertDoesNotThrow(() -> trusted.require(NOW, false));
        assertThrows(PersistenceException.class, () -> trusted.require(NOW, true));
        trusted.takeMismatch();
        trusted.set(NOW);
        assertDoesNotThrow(() -> trusted.require(NOW, false));
        assertFalse(trusted.takeMismatch());
        Instant other = NOW.minusSeconds(60);
        assertThrows(PersistenceException.class, () -> trusted.require(other, false));
        assertTrue(trusted.takeMismatch());
        assertFalse(trusted.takeMismatch());
        trusted.set(other);
        assertDoesNotThrow(() -> trusted.require(other, false));
    }

    @Test
    void readsWithoutTheLeaseDoNotCount() {
        DatabaseLease lease = new DatabaseLease(true);
        TrustedServer trusted = new TrustedServer(lease);
        assertDoesNotThrow(() -> trusted.require(NOW, false));
        lease.require();
        assertThrows(PersistenceException.class, () -> trusted.require(NOW, false));
    }

    private static RevocationReading reading(Server server, long lastId) {
        return new RevocationReading(server, false, true, "1:1:", lastId, NOW, List.of());
    }
}
