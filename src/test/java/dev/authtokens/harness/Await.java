package dev.authtokens.harness;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for conditions, so long that only a condition that never holds ends a test, however slow the machine is. */
public final class Await {

    public static final Duration PATIENCE = Duration.ofMinutes(3);

    private Await() {}

    public interface Condition {
        boolean holds() throws Exception;
    }

    public static void until(String failure, Condition condition) {
        until(() -> failure, condition);
    }

    /** Repeats it until its value is accepted, and returns that. */
    public static <T> T value(String failure, Callable<T> attempt, Predicate<T> accepted) {
        AtomicReference<T> value = new AtomicReference<>();
        until(() -> failure + ": " + value.get(), () -> {
            value.set(attempt.call());
            return accepted.test(value.get());
        });
        return value.get();
    }

    public static void until(Supplier<String> failure, Condition condition) {
        Instant deadline = Instant.now().plus(PATIENCE);
        try {
            while (!condition.holds()) {
                if (Instant.now().isAfter(deadline)) {
                    throw new AssertionError(failure.get());
                }
                Thread.sleep(50);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(failure.get(), e);
        }
    }
}
