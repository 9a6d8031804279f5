package dev.authtokens.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.CuttableProxy;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicas with a grace while PostgreSQL is gone: tokens that are known work, nothing that was revoked does, and it ends. */
@Tag("any-runtime")
class OutageGraceIT {

    private static final String ADMIN = "admin@example.com";
    private static final String PASSWORD = "correct horse battery";
    private static final String VERIFY = "/v4/auth-tokens/verify/";
    private static final String STALE = "X-Auth-Tokens-Stale";

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    /** The primary is gone, and after a while the standby is promoted, of which the replicas know nothing but the address. */
    @Test
    void knownTokensWorkThroughAFailOverAndRevokedOnesDoNot() throws Exception {
        Path data = folder.resolve("primary");
        Postgres primary = Postgres.start(data, ServiceProcess.freePort());
        Postgres standby = primary.startStandby(data, folder.resolve("standby"));
        String url = "jdbc:postgresql://localhost:" + primary.port() + ",localhost:" + standby.port() + "/postgres";
        try (standby;
                ServiceProcess patient = start(url, "5m");
                ServiceProcess impatient = start(url, "2s")) {
            List<ServiceProcess> replicas = List.of(patient, impatient);
            String known = patient.token(ADMIN, PASSWORD);
            String revoked = patient.token(ADMIN, PASSWORD);
            String neverRead = impatient.token(ADMIN, PASSWORD);
            for (ServiceProcess replica : replicas) {
                Await.until("not read into the cache", () -> isCached(replica, known) && isCached(replica, revoked));
            }
            assertEquals(200, send(impatient, "DELETE", Api.TOKENS, revoked).statusCode());
            Await.until("revoked", () -> isKnownToBeRevoked(patient, revoked));
            Object written = Postgres.query(primary.url(), "select pg_current_wal_lsn()::text")
                    .get(0);
            Await.until(
                    "not replicated",
                    () -> Postgres.query(standby.url(), "select pg_last_wal_replay_lsn() >= cast(? as pg_lsn)", written)
                            .equals(List.of(true)));

            try (Load load = new Load(patient, known)) {
                // If a reading came too late, it is not kept.
                Await.until("not read into the cache", () -> isCached(patient, known));
                primary.close();
                // What is cached may be trusted for a moment.
                Await.until("nothing is stale", () -> !isFresh(patient, known));
                HttpResponse<String> answer = send(patient, "GET", VERIFY, known);
                assertEquals(200, answer.statusCode());
                assertTrue(Integer.parseInt(answer.headers().firstValue(STALE).orElseThrow()) >= 0);
                assertEquals(200, status(patient, Api.USER, known));
                for (ServiceProcess replica : replicas) {
                    assertEquals(503, status(replica, revoked));
                }
                assertEquals(503, status(patient, neverRead));
                assertEquals(503, patient.login(ADMIN, PASSWORD).statusCode());
                assertEquals(503, send(patient, "DELETE", Api.TOKENS, known).statusCode());
                HttpResponse<String> introspection = introspect(patient, known, known);
                assertTrue(introspection.body().contains("\"active\":true"), introspection.body());
                assertTrue(introspection.headers().firstValue(STALE).isPresent());
                assertEquals(503, introspect(patient, known, neverRead).statusCode());
                assertEquals(200, patient.manage("/q/health/ready").statusCode());
                assertTrue(patient.metric("auth_tokens_checks_stale_total") > 0);
                Await.until(patient::output, () -> patient.output().contains("AUTH_TOKENS_CACHE_OUTAGE_GRACE"));

                Await.until("the grace does not end", () -> status(impatient, known) == 503);
                assertEquals(503, impatient.manage("/q/health/ready").statusCode());
                Postgres.query(standby.url(), "select pg_promote()");
                for (ServiceProcess replica : replicas) {
                    Await.until("not serving again", () -> isFresh(replica, known));
                    assertNotEquals(200, status(replica, revoked));
                }
                Await.until("no check", () -> status(patient, neverRead) == 200);
                load.stop();
                // 401: one before was carried out, and only its answer did not come in time.
                Await.until(
                        "no logout",
                        () -> Set.of(200, 401)
                                .contains(send(patient, "DELETE", Api.TOKENS, known)
                                        .statusCode()));
                Await.until("revoked", () -> status(impatient, known) == 401);
            }
        }
    }

    /** Connections stay open, and nothing comes back. */
    @Test
    void knownTokensWorkWhileTheDatabaseIsSilent() throws Exception {
        String database = SharedPostgres.newDatabaseWithSchema();
        try (CuttableProxy proxy = new CuttableProxy(Postgres.port(database));
                ServiceProcess service = start(Postgres.withPort(database, proxy.port()), "5m")) {
            String token = service.token(ADMIN, PASSWORD);
            try (Load load = new Load(service, token)) {
                Await.until("not read into the cache", () -> isCached(service, token));
                proxy.be(CuttableProxy.Way.SILENT);
                Await.until("nothing is stale", () -> !isFresh(service, token));
                assertEquals(503, service.login(ADMIN, PASSWORD).statusCode());
                // No check waits for the database any more, once no connection can be made.
                Await.until("checks wait", () -> load.checks.get() > 500);
                proxy.be(CuttableProxy.Way.OPEN);
                Await.until("not serving again", () -> isFresh(service, token));
                load.stop();
            }
        }
    }

    private static ServiceProcess start(String url, String grace) {
        Map<String, String> environment = ServiceProcess.withAdministrator(url, ADMIN, PASSWORD);
        environment.put("AUTH_TOKENS_CACHE_OUTAGE_GRACE", grace);
        // Only what cannot be reached begins the grace, not a machine that stops for a second.
        environment.put("SESSION_STATEMENT_TIMEOUT", "5s");
        // As long for the first connection after an outage, when what was known before it is dropped.
        environment.put("QUARKUS_DATASOURCE_JDBC_ACQUISITION_TIMEOUT", "5S");
        return ServiceProcess.start(environment).awaitReady();
    }

    /** A check that adds a hit has found it in the cache. */
    private boolean isCached(ServiceProcess replica, String token) throws Exception {
        double before = hits(replica);
        return status(replica, token) == 200 && hits(replica) > before;
    }

    /** Also the cache knows it: a check that bypassed the cache may have said so before. */
    private boolean isKnownToBeRevoked(ServiceProcess replica, String token) throws Exception {
        double before = hits(replica);
        return status(replica, token) == 401 && hits(replica) > before;
    }

    private static double hits(ServiceProcess replica) {
        return replica.metric("cache_gets_total{cache=\"tokens\",result=\"hit\"}");
    }

    private boolean isFresh(ServiceProcess replica, String token) throws Exception {
        HttpResponse<String> answer = send(replica, "GET", VERIFY, token);
        return answer.statusCode() == 200 && answer.headers().firstValue(STALE).isEmpty();
    }

    private int status(ServiceProcess replica, String token) throws Exception {
        return status(replica, VERIFY, token);
    }

    private int status(ServiceProcess replica, String path, String token) throws Exception {
        return send(replica, "GET", path, token).statusCode();
    }

    private HttpResponse<String> introspect(ServiceProcess replica, String caller, String token) throws Exception {
        return client.send(
                request(replica, "/oauth2/introspect", caller)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString("token=" + token))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> send(ServiceProcess replica, String method, String path, String token)
            throws Exception {
        return client.send(
                request(replica, path, token)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(ServiceProcess replica, String path, String token) {
        return HttpRequest.newBuilder(replica.uri(path))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Authorization", "giantswarm " + token);
    }

    /** Checks a token all the time; every answer must be 200. */
    private final class Load implements AutoCloseable {

        private final AtomicBoolean stopped = new AtomicBoolean();
        private final AtomicInteger checks = new AtomicInteger();
        private final List<String> failed = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Void> client;

        Load(ServiceProcess replica, String token) {
            client = CompletableFuture.runAsync(() -> {
                while (!stopped.get()) {
                    HttpResponse<String> answer = replica.get(VERIFY, token);
                    checks.incrementAndGet();
                    if (answer.statusCode() != 200) {
                        failed.add(answer.statusCode() + " " + answer.body());
                    }
                    LockSupport.parkNanos(1_000_000);
                }
            });
        }

        void stop() {
            Await.until(() -> "only " + checks, () -> checks.get() > 100 || client.isDone());
            close();
            assertEquals(List.of(), failed);
        }

        @Override
        public void close() {
            stopped.set(true);
            client.join();
        }
    }
}
