import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** How often something can be done each second, by so many threads with nothing around it. */
final class Rate {

    private static final int WARM_SECONDS = 5;

    /** Does it until the time of {@link System#nanoTime} has come, and returns how often. */
    interface Work {
        int until(long nanoTime) throws Exception;
    }

    private Rate() {}

    static double of(int threads, int seconds, Work work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            measure(pool, threads, WARM_SECONDS, work);
            return measure(pool, threads, seconds, work);
        } finally {
            pool.shutdown();
        }
    }

    private static double measure(ExecutorService pool, int threads, int seconds, Work work) throws Exception {
        long begin = System.nanoTime();
        long end = begin + seconds * 1_000_000_000L;
        int count = 0;
        Callable<Integer> task = () -> work.until(end);
        for (Future<Integer> each : pool.invokeAll(Collections.nCopies(threads, task))) {
            count += each.get();
        }
        return count / ((System.nanoTime() - begin) / 1e9);
    }
}
