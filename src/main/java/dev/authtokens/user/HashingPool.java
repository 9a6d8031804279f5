package dev.authtokens.user;

import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * Hashes passwords on threads of their own, one for each core. Work that would wait longer than {@link #LONGEST_WAIT}
 * is refused at once, so that neither memory nor the patience of clients fills up. What belongs to it waits for the database
 * on threads of their own too, and few: a crowd at the door neither takes all connections nor has new ones made, which takes
 * long while every core hashes.
 */
@ApplicationScoped
public class HashingPool {

    static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    /** A first guess at the time of one hash of cost 10; from then on it is measured. */
    private static final Duration COST_10 = Duration.ofMillis(100);

    /** At a millisecond for each of its six round trips, as many logins a second as some sixty cores can hash. */
    private static final int DATABASE_THREADS = 4;

    private final int width;
    private final WorkerExecutor threads;
    private final WorkerExecutor databaseThreads;
    private final AtomicInteger inside = new AtomicInteger();
    private final LongAdder refused = new LongAdder();
    private volatile long averageNanos;

    @Inject
    HashingPool(Vertx vertx, PasswordHasher hasher) {
        this(
                vertx,
                Runtime.getRuntime().availableProcessors(),
                COST_10.multipliedBy(1L << Math.max(0, hasher.cost() - 10)));
    }

    HashingPool(Vertx vertx, int width, Duration firstGuess) {
        this.width = width;
        this.threads = vertx.createSharedWorkerExecutor("hashing", width);
        this.databaseThreads = vertx.createSharedWorkerExecutor("logins", DATABASE_THREADS);
        this.averageNanos = firstGuess.toNanos();
    }

    /**
     * Takes a place, which work that is on its way here holds until {@link #leave}.
     *
     * @throws Problem {@code TOO_MANY_REQUESTS} when it would wait too long
     */
    public void enter() {
        int before = inside.getAndIncrement();
        long waiting = Math.max(0, before - width + 1);
        if (waiting * averageNanos / width > LONGEST_WAIT.toNanos()) {
            inside.decrementAndGet();
            refused.increment();
            throw new Problem(ProblemCode.TOO_MANY_REQUESTS, LONGEST_WAIT);
        }
    }

    public void leave() {
        inside.decrementAndGet();
    }

    /** Waits for the database, in the request that is being answered. */
    public <T> Future<T> atDatabase(Callable<T> work) {
        return databaseThreads.executeBlocking(work, false);
    }

    /** Hashes in a place that the caller has taken, and goes on with the result {@link #atDatabase}. */
    public <T, R> Future<R> hash(Callable<T> hashing, Function<T, R> then) {
        return goOn(run(hashing), then);
    }

    /**
     * The same, and takes a place for the hashing.
     *
     * @throws Problem {@code TOO_MANY_REQUESTS} when it would wait too long
     */
    public <T, R> Future<R> submit(Callable<T> hashing, Function<T, R> then) {
        return goOn(submit(hashing), then);
    }

    <T> Future<T> submit(Callable<T> hashing) {
        enter();
        return run(hashing).onComplete(done -> leave());
    }

    private <T> Future<T> run(Callable<T> hashing) {
        return threads.executeBlocking(() -> timed(hashing), false);
    }

    private <T, R> Future<R> goOn(Future<T> hashed, Function<T, R> then) {
        return hashed.compose(result -> atDatabase(() -> then.apply(result)));
    }

    /** How much work was refused since the start. */
    public long refused() {
        return refused.sum();
    }

    private <T> T timed(Callable<T> work) throws Exception {
        long start = System.nanoTime();
        T result = work.call();
        // An update lost to another thread does no harm to a moving average.
        averageNanos += (System.nanoTime() - start - averageNanos) / 8;
        return result;
    }

    @PreDestroy
    void close() {
        threads.close();
        databaseThreads.close();
    }
}
