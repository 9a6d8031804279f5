package dev.authtokens.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.ConfigValidationTest;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HashingPoolTest {

    private static final String EMAIL = "andy@example.com";
    private static final String PASSWORD = Api.base64("correct horse battery");
    private static final PasswordRules RULES = new PasswordRules(ConfigValidationTest.read(Map.of()));

    private static final PasswordHasher FAST = new PasswordHasher(4, Optional.empty(), List.of());

    /** Each hash is under way for as long as the test wants. */
    private static final class StoppedHasher extends PasswordHasher {

        final CountDownLatch stop = new CountDownLatch(1);

        StoppedHasher() {
            super(4, Optional.empty(), List.of());
        }

        @Override
        public String hash(byte[] password) {
            try {
                stop.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return super.hash(password);
        }
    }

    private final ExecutorService clients = Executors.newCachedThreadPool();

    @AfterEach
    void close() throws Exception {
        clients.shutdown();
        assertTrue(clients.awaitTermination(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void rejectsAtOnceWhatWouldWaitLongerThanTwoSeconds() throws Exception {
        StoppedHasher hasher = new StoppedHasher();
        HashingPool pool = new HashingPool(hasher, RULES, 1, Duration.ofSeconds(1));
        List<Future<String>> accepted = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            accepted.add(clients.submit(() -> pool.hashNew(PASSWORD, EMAIL)));
        }
        Await.until("they do not begin", () -> pool.pending() == 3);
        Problem rejection = assertThrows(Problem.class, pool::requireCapacity);
        assertEquals(ProblemCode.TOO_MANY_REQUESTS, rejection.code());
        assertEquals(HashingPool.MAX_WAIT, rejection.retryAfter().orElseThrow());
        assertThrows(Problem.class, () -> pool.hashNew(PASSWORD, EMAIL));
        // Before the rules look at it: that would be work without a permit.
        Problem weak = assertThrows(Problem.class, () -> pool.hashNew(Api.base64("password"), EMAIL));
        assertEquals(ProblemCode.TOO_MANY_REQUESTS, weak.code());
        assertEquals(3, pool.rejected());
        hasher.stop.countDown();
        for (Future<String> hash : accepted) {
            assertEquals(Optional.empty(), hasher.refusal(hash.get()));
        }
        assertEquals(0, pool.pending());
        pool.requireCapacity();
    }

    @Test
    void hashesNoMoreThanItsWidthAtOnce() throws Exception {
        StoppedHasher hasher = new StoppedHasher();
        HashingPool pool = new HashingPool(hasher, RULES, 2, Duration.ofMillis(100));
        List<Future<String>> hashes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            hashes.add(clients.submit(() -> pool.hashNew(PASSWORD, EMAIL)));
        }
        Await.until("they do not begin", () -> pool.pending() == 4);
        Await.until("less than its width are under way", () -> pool.active() == 2);
        hasher.stop.countDown();
        while (hashes.stream().anyMatch(hash -> !hash.isDone())) {
            assertTrue(pool.active() <= 2);
            Thread.sleep(1);
        }
    }

    @Test
    void learnsHowLongAHashTakes() {
        HashingPool pool = new HashingPool(FAST, RULES, 1, Duration.ofMinutes(1));
        for (int i = 0; i < 100; i++) {
            pool.hashNew(PASSWORD, EMAIL);
        }
        List<Future<String>> hashes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            hashes.add(clients.submit(() -> pool.hashNew(PASSWORD, EMAIL)));
        }
        hashes.forEach(hash -> assertEquals(Optional.empty(), FAST.refusal(join(hash))));
    }

    @Test
    void aFailureReleasesItsPermit() {
        PasswordHasher failing = new PasswordHasher(99, Optional.empty(), List.of());
        HashingPool pool = new HashingPool(failing, RULES, 1, Duration.ofSeconds(1));
        for (int i = 0; i < 10; i++) {
            assertThrows(IllegalStateException.class, () -> pool.hashNew(PASSWORD, EMAIL));
        }
        assertEquals(0, pool.active());
        assertEquals(0, pool.pending());
    }

    private static String join(Future<String> hash) {
        try {
            return hash.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
