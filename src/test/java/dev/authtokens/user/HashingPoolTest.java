package dev.authtokens.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HashingPoolTest {

    /** One hash takes 500 ms at first sight, so four wait for two seconds on each thread. */
    private static final Duration HASH = Duration.ofMillis(500);

    private static final int WIDTH = 2;

    private final Vertx vertx = Vertx.vertx();
    private final HashingPool pool = new HashingPool(vertx, WIDTH, HASH);

    @AfterEach
    void close() throws Exception {
        pool.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void refusesAtOnceWhatWouldWaitLongerThanTwoSeconds() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        List<Future<Boolean>> accepted = new ArrayList<>();
        for (int i = 0; i < WIDTH + 4 * WIDTH; i++) {
            accepted.add(pool.submit(() -> release.await(10, TimeUnit.SECONDS)));
        }
        Problem refused = assertThrows(Problem.class, () -> pool.submit(() -> true));
        assertEquals(ProblemCode.TOO_MANY_REQUESTS, refused.code());
        assertEquals(HashingPool.LONGEST_WAIT, refused.retryAfter().orElseThrow());
        assertThrows(Problem.class, pool::enter);

        release.countDown();
        for (Future<Boolean> work : accepted) {
            assertTrue(await(work));
        }
        assertTrue(await(pool.submit(() -> true)));
    }

    @Test
    void runsNoMoreThanItsWidthAtOnce() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Future<Integer>> work = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            work.add(pool.submit(() -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                Thread.sleep(20);
                return running.decrementAndGet();
            }));
        }
        for (Future<Integer> one : work) {
            await(one);
        }
        assertEquals(WIDTH, most.get());
    }

    @Test
    void learnsHowLongAHashTakes() throws Exception {
        for (int i = 0; i < 100; i++) {
            await(pool.submit(() -> true));
        }
        CountDownLatch release = new CountDownLatch(1);
        List<Future<Boolean>> accepted = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            accepted.add(pool.submit(() -> release.await(10, TimeUnit.SECONDS)));
        }
        release.countDown();
        for (Future<Boolean> work : accepted) {
            assertTrue(await(work));
        }
    }

    @Test
    void aFailureFreesItsPlace() {
        for (int i = 0; i < 50; i++) {
            Future<Object> failing = pool.submit(() -> {
                throw new IllegalStateException("as intended");
            });
            assertThrows(Exception.class, () -> await(failing));
        }
        pool.enter();
        pool.leave();
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
