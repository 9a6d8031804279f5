package dev.authtokens.harness;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does several things at the same time, each on a thread of its own, with the class loader of the test. */
public final class AtOnce {

    private AtOnce() {}

    /** The results of doing the same so many times. */
    public static <T> List<T> times(int count, Callable<T> work) {
        return all(Collections.nCopies(count, work));
    }

    /** The results, in the order of the work. */
    public static <T> List<T> all(List<Callable<T>> work) {
        ExecutorService threads = Executors.newFixedThreadPool(work.size());
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> each : threads.invokeAll(work)) {
                results.add(each.get());
            }
            return results;
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        } finally {
            threads.shutdown();
        }
    }
}
