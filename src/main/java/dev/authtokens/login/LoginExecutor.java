package dev.authtokens.login;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.password.HashingPool;
import io.agroal.api.AgroalDataSource;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs whatever verifies a password on threads of its own, so that token checks and logouts do not wait behind logins. What is
 * beyond a limit is rejected at once. The limit for one account keeps guesses at it from taking all threads, and its locked row
 * from taking all connections.
 */
@ApplicationScoped
public class LoginExecutor {

    /** For each core, more than hashing can serve within {@link HashingPool#MAX_WAIT}. */
    private static final int MAX_RUNNING_OF_CORE = 24;

    private static final int MIN_MAX_RUNNING = 64;

    /** Clients of one account that log in side by side, with some to spare. */
    static final int MAX_RUNNING_OF_ACCOUNT = 16;

    /** Connections that remain for others while the row of one account is locked. */
    private static final int CONNECTIONS_FOR_OTHERS = 4;

    private final WorkerExecutor threads;
    private final HashingPool hashing;
    private final LoginThrottle throttle;
    private final int maxRunning = maxRunning();
    private final int maxRunningOfAccount;
    private final AtomicInteger running = new AtomicInteger();
    private final Map<String, Integer> runningByAccount = new ConcurrentHashMap<>();

    LoginExecutor(Vertx vertx, HashingPool hashing, LoginThrottle throttle, AgroalDataSource connections) {
        this.threads = vertx.createSharedWorkerExecutor("logins", maxRunning);
        this.hashing = hashing;
        this.throttle = throttle;
        int maxSize =
                connections.getConfiguration().connectionPoolConfiguration().maxSize();
        this.maxRunningOfAccount = Math.max(1, Math.min(MAX_RUNNING_OF_ACCOUNT, maxSize - CONNECTIONS_FOR_OTHERS));
    }

    /** Of this machine: a constant of the class would be that of the machine on which the native executable was built. */
    static int maxRunning() {
        return Math.max(
                MIN_MAX_RUNNING, MAX_RUNNING_OF_CORE * Runtime.getRuntime().availableProcessors());
    }

    /** As {@link #run}, for work that the throttle admits: from a throttled client address it is refused at once. */
    public <T> CompletionStage<T> attempt(String email, Callable<T> work) {
        throttle.rejectThrottledAddress();
        return run(email, work);
    }

    /** Runs the work in the context of the request, or throws {@code TOO_MANY_REQUESTS}. May be called on an event loop. */
    public <T> CompletionStage<T> run(String email, Callable<T> work) {
        hashing.requireCapacity();
        String account = EmailAddress.parse(email).map(EmailAddress::canonical).orElse(email);
        boolean isOverTotal = running.incrementAndGet() > maxRunning;
        if (runningByAccount.merge(account, 1, Integer::sum) > maxRunningOfAccount || isOverTotal) {
            leave(account);
            throw hashing.rejectForOverload();
        }
        return threads.executeBlocking(work, false)
                .onComplete(done -> leave(account))
                .toCompletionStage();
    }

    private void leave(String account) {
        running.decrementAndGet();
        runningByAccount.computeIfPresent(account, (same, count) -> count == 1 ? null : count - 1);
    }

    @PreDestroy
    void close() {
        threads.close();
    }
}
