package dev.authtokens.password;

import dev.authtokens.password.PasswordHasher.Verification;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Limits concurrent work on passwords to the number of cores. A caller waits for a permit on its own thread; one that would wait
 * longer than {@link #MAX_WAIT} is rejected at once.
 */
@ApplicationScoped
public class HashingPool {

    static final Duration MAX_WAIT = Duration.ofSeconds(2);

    /** A first estimate of one hash of cost 10; from then on it is measured. */
    private static final Duration COST_10 = Duration.ofMillis(100);

    private final PasswordHasher hasher;
    private final PasswordRules rules;
    private final int width;
    private final Semaphore permits;
    private final AtomicInteger pending = new AtomicInteger();
    private final LongAdder rejected = new LongAdder();
    private volatile long averageNanos;

    @Inject
    HashingPool(PasswordHasher hasher, PasswordRules rules, MeterRegistry metrics) {
        this(
                hasher,
                rules,
                Runtime.getRuntime().availableProcessors(),
                COST_10.multipliedBy(1L << Math.max(0, hasher.cost() - 10)));
        Gauge.builder("auth_tokens.hashing.active", this::active)
                .description("Passwords that are being hashed")
                .register(metrics);
        Gauge.builder("auth_tokens.hashing.waiting", permits::getQueueLength)
                .description("Passwords that wait for a permit to be hashed")
                .register(metrics);
    }

    HashingPool(PasswordHasher hasher, PasswordRules rules, int width, Duration firstEstimate) {
        this.hasher = hasher;
        this.rules = rules;
        this.width = width;
        this.permits = new Semaphore(width, true);
        this.averageNanos = firstEstimate.toNanos();
    }

    /**
     * Checks a new password by the rules, which is work too, and hashes it.
     *
     * @throws Problem {@code INVALID_INPUT} that says why it is refused; {@code TOO_MANY_REQUESTS} when it would wait too long
     */
    public String hashNew(String base64, String email) {
        return withPermit(() -> hasher.hash(rules.requireAcceptable(base64, email)));
    }

    /** As {@link PasswordHasher#verify}, or throws {@code TOO_MANY_REQUESTS} when it would wait too long. */
    public Verification verify(byte[] password, String storedHash) {
        return withPermit(() -> hasher.verify(password, storedHash));
    }

    /**
     * Called before any other work.
     *
     * @throws Problem {@code TOO_MANY_REQUESTS} when one more password would wait too long
     */
    public void requireCapacity() {
        if (isTooLong(pending.get())) {
            throw rejectForOverload();
        }
    }

    /** Counts a request that is rejected because of overload, and returns the answer to it. */
    public Problem rejectForOverload() {
        rejected.increment();
        return new Problem(ProblemCode.TOO_MANY_REQUESTS, MAX_WAIT);
    }

    /** Number of requests rejected since the start because of overload. */
    public long rejected() {
        return rejected.sum();
    }

    /** Number of passwords that are being hashed. */
    int active() {
        return width - permits.availablePermits();
    }

    /** Number of passwords that are being hashed or wait for a permit. */
    int pending() {
        return pending.get();
    }

    private <T> T withPermit(Supplier<T> work) {
        if (isTooLong(pending.getAndIncrement())) {
            pending.decrementAndGet();
            throw rejectForOverload();
        }
        permits.acquireUninterruptibly();
        long start = System.nanoTime();
        try {
            return work.get();
        } finally {
            // An update lost to another thread does no harm to a moving average.
            averageNanos += (System.nanoTime() - start - averageNanos) / 8;
            permits.release();
            pending.decrementAndGet();
        }
    }

    private boolean isTooLong(int pendingBefore) {
        long waiting = Math.max(0, pendingBefore - width + 1);
        return waiting * averageNanos / width > MAX_WAIT.toNanos();
    }
}
