package dev.authtokens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ReverseProxy;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import dev.authtokens.harness.Temporary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stops and replaces the packaged service while it is in use. */
@Tag("any-runtime")
class RolloutIT {

    private static final String EMAIL = "admin@example.com";
    private static final String PASSWORD = "correct horse battery";

    @Test
    void aStopFinishesTheLoginsUnderWayAndWritesTheLastUse() throws Exception {
        String database = SharedPostgres.newDatabaseWithSchema();
        int logins = 4;
        ExecutorService clients = Executors.newFixedThreadPool(logins);
        try (ServiceProcess service = ServiceProcess.start(ServiceProcess.patient(environment(database)))
                .awaitReady()) {
            String token = service.token(EMAIL, PASSWORD);
            assertEquals(200, service.get(Api.USER, token).statusCode());
            List<Future<HttpResponse<String>>> underWay;
            try (Connection other = Postgres.connect(database);
                    Statement lock = other.createStatement()) {
                other.setAutoCommit(false);
                lock.execute("lock table users in access exclusive mode");
                underWay = IntStream.range(0, logins)
                        .mapToObj(i -> clients.submit(() -> service.login(EMAIL, PASSWORD)))
                        .toList();
                Postgres.awaitLockWaits(database, logins);
                // All that a login does after its first statement, it does after this.
                service.terminate();
            }
            assertEquals(143, service.stop());
            for (Future<HttpResponse<String>> login : underWay) {
                assertEquals(200, login.get().statusCode(), login.get().body());
            }
            assertEquals("", service.errors());
            assertEquals(
                    List.of(1L),
                    Postgres.query(database, "select count(*) from auth_tokens where last_used_at is not null"));
        } finally {
            clients.shutdownNow();
        }
    }

    @Test
    void aStopDoesNotWaitForAPurge() {
        String database = SharedPostgres.newDatabaseWithSchema();
        Map<String, String> environment = environment(database);
        environment.put("AUTH_TOKENS_TOKEN_LIFESPAN", "10m");
        environment.put("AUTH_TOKENS_TOKEN_PURGE_INTERVAL", "1s");
        int expired = 50_000;
        try (ServiceProcess service = ServiceProcess.start(environment).awaitReady()) {
            Postgres.execute(
                    database,
                    "insert into auth_tokens (digest, id, user_id, created_at)"
                            + " select sha256(n::text::bytea), gen_random_uuid(), (select id from users), now() - interval '1 day'"
                            + " + n * interval '1 ms' from generate_series(1, ?) n",
                    expired);
            String oldest = "select 1 from auth_tokens where digest = sha256('1')";
            Await.until("no purge", () -> Postgres.query(database, oldest).isEmpty());
            assertEquals(143, service.stop());
            // With its pauses the purge takes longer than the service has for its stop.
            assertTrue(tokens(database) > 0, "the purge was over before the stop");
            assertEquals("", service.errors());
        }
    }

    private static long tokens(String database) {
        return (Long)
                Postgres.query(database, "select count(*) from auth_tokens").get(0);
    }

    /** A proxy that knows of requests keeps its connections; one that does not, as that of Kubernetes, leaves them to clients. */
    @ParameterizedTest
    @ValueSource(strings = {"http", "tcp"})
    void aRollingReplacementBehindAProxyLosesNoRequest(String mode) throws Exception {
        Map<String, String> environment = ServiceProcess.patient(environment(SharedPostgres.newDatabaseWithSchema()));
        // Long enough for a request on each connection, even where a login takes a second or two: the answer closes it.
        environment.put("QUARKUS_SHUTDOWN_DELAY", "5S");
        List<ServiceProcess> services = new ArrayList<>();
        try {
            services.add(ServiceProcess.start(environment).awaitReady());
            services.add(ServiceProcess.start(environment).awaitReady());
            try (Proxy proxy = Proxy.start(
                            mode, services.get(0).port(), services.get(1).port());
                    Load load = new Load(proxy.haproxy().uri(), services.get(0).token(EMAIL, PASSWORD))) {
                for (int slot = 0; slot < 2; slot++) {
                    int before = load.answered();
                    Await.until("too few answers", () -> load.answered() >= before + 200);
                    // As a deployment does it: the new one is ready, the old one gets no new connections, and ends.
                    ServiceProcess replacement =
                            ServiceProcess.start(environment).awaitReady();
                    services.add(replacement);
                    proxy.drain(slot);
                    assertEquals(143, services.get(slot).stop());
                    proxy.replace(slot, replacement.port());
                }
                load.stop();
                assertEquals(List.of(), load.failures());
                assertTrue(load.logins() > 0, "no login was made during the replacement");
            }
        } finally {
            services.forEach(ServiceProcess::close);
        }
    }

    private static Map<String, String> environment(String database) {
        Map<String, String> environment = ServiceProcess.withAdministrator(database, EMAIL, PASSWORD);
        // Only a stop writes the last use in time for these tests.
        environment.put("AUTH_TOKENS_TOKEN_LAST_USE_INTERVAL", "1m");
        return environment;
    }

    /** Checks and logins with short pauses, by a client that goes on however the answers are. */
    private static final class Load implements AutoCloseable {

        private static final int CHECKERS = 3;

        private final HttpClient client = HttpClient.newHttpClient();
        private final URI base;
        private final String token;
        private final AtomicInteger answered = new AtomicInteger();
        private final AtomicInteger logins = new AtomicInteger();
        private final Queue<String> failures = new ConcurrentLinkedQueue<>();
        private final ExecutorService threads = Executors.newFixedThreadPool(CHECKERS + 1);
        private volatile boolean stopped;

        Load(URI base, String token) {
            this.base = base;
            this.token = token;
            for (int i = 0; i < CHECKERS; i++) {
                threads.submit(() -> repeat(this::check, 10));
            }
            threads.submit(() -> repeat(this::login, 250));
        }

        private void repeat(Runnable request, int pauseMillis) {
            while (!stopped) {
                request.run();
                LockSupport.parkNanos(pauseMillis * 1_000_000L);
            }
        }

        private void check() {
            expect200(HttpRequest.newBuilder(base.resolve(Api.USER)).header("Authorization", "giantswarm " + token));
            // As a proxy asks with the method and the path of a request that it holds back.
            expect200(HttpRequest.newBuilder(base.resolve("/v4/auth-tokens/verify/app"))
                    .header("Authorization", "giantswarm " + token)
                    .POST(HttpRequest.BodyPublishers.noBody()));
        }

        private void login() {
            String body = "{\"email\":\"" + EMAIL + "\",\"password_base64\":\"" + Api.base64(PASSWORD) + "\"}";
            expect200(HttpRequest.newBuilder(base.resolve(Api.TOKENS))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body)));
            logins.incrementAndGet();
        }

        private void expect200(HttpRequest.Builder request) {
            try {
                HttpResponse<String> answer = client.send(
                        request.version(HttpClient.Version.HTTP_1_1)
                                .timeout(Await.PATIENCE)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                answered.incrementAndGet();
                if (answer.statusCode() != 200) {
                    failures.add(answer.statusCode() + " " + answer.body());
                }
            } catch (IOException e) {
                failures.add(e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        int answered() {
            return answered.get();
        }

        int logins() {
            return logins.get();
        }

        List<String> failures() {
            return List.copyOf(failures);
        }

        void stop() throws InterruptedException {
            stopped = true;
            threads.shutdown();
            assertTrue(threads.awaitTermination(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }

        @Override
        public void close() {
            stopped = true;
            threads.shutdownNow();
        }
    }

    /** The real HAProxy in front of two instances, told what to do over its runtime API. */
    private record Proxy(ReverseProxy haproxy, Path folder) implements AutoCloseable {

        private static final String CONFIG = """
                global
                    stats socket %1$s/admin.sock level admin
                defaults
                    mode %5$s
                    timeout connect 3m
                    timeout client 3m
                    timeout server 3m
                    # Nothing is tried twice: what the service loses is seen.
                    retries 0
                frontend api
                    bind 127.0.0.1:%2$d
                    default_backend instances
                backend instances
                    balance roundrobin
                    server instance0 127.0.0.1:%3$d
                    server instance1 127.0.0.1:%4$d
                """;

        static Proxy start(String mode, int first, int second) throws IOException {
            Path folder = Temporary.folder("proxy");
            return new Proxy(ReverseProxy.haproxy(port -> CONFIG.formatted(folder, port, first, second, mode)), folder);
        }

        void drain(int slot) {
            tell("set server instances/instance" + slot + " state drain");
        }

        void replace(int slot, int newPort) {
            tell("set server instances/instance" + slot + " addr 127.0.0.1 port " + newPort);
            tell("set server instances/instance" + slot + " state ready");
        }

        private void tell(String command) {
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("admin.sock")))) {
                channel.write(ByteBuffer.wrap((command + "\n").getBytes()));
                channel.read(ByteBuffer.allocate(1000));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            haproxy.close();
        }
    }
}
