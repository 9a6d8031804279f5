package dev.authtokens.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.CuttableProxy;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseOutageIT {

    private static final String EMAIL = "admin@example.com";
    private static final String PASSWORD = "correct horse battery";

    /** Part of it: it resets the failures of the account. */
    private static final String LAST_STATEMENT_OF_A_LOGIN = "forgotten as";

    private static final Executor EACH_A_THREAD = task -> new Thread(task).start();

    @TempDir
    Path folder;

    @Test
    void answersNotYetAvailableUntilTheDatabaseIsBack() throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        Postgres first = Postgres.start(data, ServiceProcess.freePort());
        int port = first.port();
        Map<String, String> environment = ServiceProcess.withAdministrator(first.url(), EMAIL, PASSWORD);
        try (ServiceProcess service = ServiceProcess.start(environment).awaitReady()) {
            String token = service.token(EMAIL, PASSWORD);
            assertEquals(200, service.get(Api.USER, token).statusCode());

            first.close();
            // What is cached may be trusted for a moment.
            Await.until("still answered", () -> service.get(Api.USER, token).statusCode() != 200);
            for (int i = 0; i < 2; i++) {
                isNotYetAvailable(service.get(Api.USER, token));
                isNotYetAvailable(service.login(EMAIL, PASSWORD));
            }
            assertEquals(200, service.get("/", null).statusCode());
            assertEquals(503, probe(service, "ready"));
            // A restart would not bring the database back.
            assertEquals(200, probe(service, "live"));

            try (Postgres second = Postgres.start(data, port)) {
                AtomicInteger inARow = new AtomicInteger();
                Await.until("not serving again", () -> {
                    while (service.get(Api.USER, token).statusCode() == 200) {
                        if (inARow.incrementAndGet() == 50) {
                            return true;
                        }
                    }
                    inARow.set(0);
                    return false;
                });
                Await.until("no login", () -> service.login(EMAIL, PASSWORD).statusCode() == 200);
                Await.until("not ready again", () -> probe(service, "ready") == 200);
            }
        }
    }

    @Test
    void manyLoginsEndWhenTheDatabaseIsSilent() throws Exception {
        String database = SharedPostgres.newDatabaseWithSchema();
        try (CuttableProxy proxy = new CuttableProxy(Postgres.port(database))) {
            Map<String, String> environment =
                    ServiceProcess.withAdministrator(Postgres.withPort(database, proxy.port()), EMAIL, PASSWORD);
            environment.put("AUTH_TOKENS_HTTP_REQUEST_TIMEOUT", "5s");
            try (ServiceProcess service = ServiceProcess.start(environment).awaitReady()) {
                proxy.be(CuttableProxy.Way.SILENT);
                List<CompletableFuture<Optional<HttpResponse<String>>>> logins = IntStream.range(0, 20)
                        .mapToObj(i -> CompletableFuture.supplyAsync(() -> login(service), EACH_A_THREAD))
                        .toList();
                assertEquals(200, probe(service, "live"));
                assertEquals(200, service.get("/", null).statusCode());
                List<HttpResponse<String>> answers = logins.stream()
                        .flatMap(login -> login.join().stream())
                        // There may be more than can wait, too.
                        .filter(answer -> answer.statusCode() != 429)
                        .toList();
                assertFalse(answers.isEmpty());
                answers.forEach(DatabaseOutageIT::isNotYetAvailable);

                proxy.be(CuttableProxy.Way.OPEN);
                Await.until(
                        "not serving again",
                        () -> service.login(EMAIL, PASSWORD).statusCode() == 200);
            }
        }
    }

    /** The answer, or none where the service had to close the connection. */
    private static Optional<HttpResponse<String>> login(ServiceProcess service) {
        try {
            return Optional.of(service.login(EMAIL, PASSWORD));
        } catch (UncheckedIOException closed) {
            if (ServiceProcess.poolWaitsEnd()) {
                throw closed;
            }
            return Optional.empty();
        }
    }

    /** In the middle of a login, whose transaction has locked the account: nothing more arrives, nor does an error. */
    @Test
    void aNodeThatVanishesLeavesNoLock() throws Exception {
        String database = SharedPostgres.newDatabaseWithSchema();
        try (CuttableProxy proxy = new CuttableProxy(Postgres.port(database), LAST_STATEMENT_OF_A_LOGIN)) {
            Map<String, String> environment =
                    ServiceProcess.withAdministrator(Postgres.withPort(database, proxy.port()), EMAIL, PASSWORD);
            // So long that the lock is seen before PostgreSQL ends the transaction.
            environment.put("SESSION_IDLE_IN_TRANSACTION_TIMEOUT", "10s");
            try (ServiceProcess node = ServiceProcess.start(environment).awaitReady()) {
                proxy.be(CuttableProxy.Way.SILENT);
                CompletableFuture<HttpResponse<String>> login =
                        CompletableFuture.supplyAsync(() -> node.login(EMAIL, PASSWORD), EACH_A_THREAD);
                Await.until("the login locks nothing", () -> isLocked(database));
                isNotYetAvailable(login.join());
                Await.until("the account stays locked", () -> !isLocked(database));
                proxy.be(CuttableProxy.Way.OPEN);
                Await.until("no login", () -> node.login(EMAIL, PASSWORD).statusCode() == 200);
            }
        }
    }

    private static boolean isLocked(String database) {
        return Postgres.query(database, "select 1 from users for update skip locked")
                .isEmpty();
    }

    @Test
    void checksFromMemoryNeedNoThread() throws Exception {
        String database = SharedPostgres.newDatabaseWithSchema();
        Map<String, String> environment = ServiceProcess.withAdministrator(database, EMAIL, PASSWORD);
        environment.put("QUARKUS_THREAD_POOL_MAX_THREADS", "2");
        try (ServiceProcess service = ServiceProcess.start(environment).awaitReady()) {
            // On a machine that is busy, what is in memory may not be trusted for a moment.
            Await.until("checks from memory wait, too", () -> checksWhileAllThreadsWait(database, service));
        }
    }

    /** Every thread that may wait for the database does, and with each the check of a token that is not in memory. */
    private static boolean checksWhileAllThreadsWait(String database, ServiceProcess service) throws Exception {
        String known = service.token(EMAIL, PASSWORD);
        List<String> unknown = List.of(service.token(EMAIL, PASSWORD), service.token(EMAIL, PASSWORD));
        awaitTrust(service);
        Await.until("no check", () -> check(service, known) == 200);
        List<CompletableFuture<Integer>> waiting = new ArrayList<>();
        try (Connection other = Postgres.connect(database);
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("lock table auth_tokens in access exclusive mode");
            for (String token : unknown) {
                waiting.add(CompletableFuture.supplyAsync(() -> check(service, token), EACH_A_THREAD));
                if (!waits(database, waiting)) {
                    return false;
                }
                // So long that the next does not wait behind this one.
                ServiceProcess.pause();
            }
            for (int i = 0; i < 20; i++) {
                if (check(service, known) != 200) {
                    return false;
                }
            }
        }
        // On a machine that is busy, PostgreSQL may have given up a check meanwhile.
        return waiting.stream().map(CompletableFuture::join).allMatch(status -> status == 200);
    }

    /** Until all of these wait in PostgreSQL; false when it has given up one meanwhile. */
    private static boolean waits(String database, List<CompletableFuture<Integer>> checks) {
        AtomicBoolean all = new AtomicBoolean();
        Await.until("no statement waits for a lock", () -> {
            all.set(Postgres.lockWaits(database) >= checks.size());
            return all.get() || checks.stream().anyMatch(CompletableFuture::isDone);
        });
        return all.get();
    }

    private static void awaitTrust(ServiceProcess service) {
        Await.until("nothing is kept in memory", () -> service.metric("auth_tokens_cache_trusted") == 1);
    }

    private static int check(ServiceProcess service, String token) {
        return service.get("/v4/auth-tokens/verify/", token).statusCode();
    }

    private static int probe(ServiceProcess service, String kind) {
        return service.manage("/q/health/" + kind).statusCode();
    }

    private static void isNotYetAvailable(HttpResponse<String> answer) {
        assertEquals(503, answer.statusCode(), answer.body());
        assertEquals(
                "application/json", answer.headers().firstValue("Content-Type").orElseThrow());
        assertTrue(answer.headers().firstValue("Retry-After").isPresent());
        assertTrue(answer.body().contains("\"NOT_YET_AVAILABLE\""), answer.body());
    }
}
