package dev.authtokens.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.CuttableProxy;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceProcess;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the synchronous standby has not confirmed is not acknowledged. */
@Tag("any-runtime")
class SynchronousStandbyIT {

    private static final String ADMIN = "admin@example.com";
    private static final String PASSWORD = "correct horse battery";

    /** How long after the answer to a logout another replica may still accept the token. */
    private static final Duration LATEST = Duration.ofSeconds(1);

    private static final String CANCEL =
            "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'";

    private final HttpClient client = HttpClient.newHttpClient();
    private Path primaryData;
    private Path standbyData;
    private Postgres primary;

    @BeforeEach
    void startPrimary(@TempDir Path folder) {
        primaryData = folder.resolve("primary");
        standbyData = folder.resolve("standby");
        primary = Postgres.start(primaryData, ServiceProcess.freePort());
    }

    @AfterEach
    void stopPrimary() {
        primary.close();
    }

    /** PostgreSQL answers with a success and a warning then. */
    @Test
    void aCommitWhoseWaitIsCancelledIsNotAcknowledged() throws Exception {
        Postgres standby = primary.startStandby(primaryData, standbyData);
        try (ServiceProcess service =
                ServiceProcess.start(ServiceProcess.withAdministrator(primary.url(), ADMIN, PASSWORD))) {
            String token = service.awaitReady().token(ADMIN, PASSWORD);
            primary.replicateSynchronously();
            standby.close();
            // A transaction, and a statement that commits by itself: the throttle counts the attempt.
            int logout = whileWaitsAreCancelled(() -> logOut(service, token));
            int login = whileWaitsAreCancelled(() -> service.login(ADMIN, PASSWORD));
            assertEquals(List.of(503, 503), List.of(logout, login));
        }
    }

    /** Its standby is promoted elsewhere, while it goes on. Without the lease, what is revoked there stays good here. */
    @Test
    void anIsolatedPrimaryAcceptsNothingThatIsRevokedElsewhere() throws Exception {
        try (CuttableProxy replication = new CuttableProxy(primary.port());
                CuttableProxy network = new CuttableProxy(primary.port());
                Postgres standby =
                        primary.startStandby(primaryData, standbyData, ServiceProcess.freePort(), replication.port())) {
            String elsewhere =
                    "jdbc:postgresql://localhost:" + network.port() + ",localhost:" + standby.port() + "/postgres";
            primary.replicateSynchronously();
            try (ServiceProcess isolated = start(primary.url(), true);
                    ServiceProcess unfenced = start(primary.url(), false);
                    ServiceProcess other = start(elsewhere, true)) {
                List<ServiceProcess> all = List.of(isolated, unfenced, other);
                all.forEach(ServiceProcess::awaitReady);
                List<String> tokens = new ArrayList<>();
                // On a machine that is busy, the lease may not be held for a moment.
                while (tokens.size() < 5) {
                    Await.until("no login", () -> {
                        HttpResponse<String> answer = isolated.login(ADMIN, PASSWORD);
                        return answer.statusCode() == 200 && tokens.add(ServiceProcess.tokenOf(answer));
                    });
                }
                for (ServiceProcess each : all) {
                    tokens.forEach(token -> Await.until("no check", () -> check(each, token) == 200));
                }

                replication.be(CuttableProxy.Way.SILENT);
                Await.until("the lease is held without the standby", () -> check(isolated, tokens.get(0)) == 503);
                Await.until(
                        "it answers without the lease",
                        () -> isolated.get("/v4/user/", tokens.get(0)).statusCode() == 503);
                assertEquals(200, isolated.get("/", null).statusCode());
                Await.until(
                        "it is ready without the lease",
                        () -> isolated.manage("/q/health/ready").statusCode() == 503);
                assertEquals(200, isolated.manage("/q/health/live").statusCode());
                replication.be(CuttableProxy.Way.OPEN);
                Await.until("the lease does not come back", () -> check(isolated, tokens.get(0)) == 200);

                replication.be(CuttableProxy.Way.CLOSED);
                network.be(CuttableProxy.Way.CLOSED);
                Postgres.query(standby.url(), "select pg_promote()");
                for (String token : tokens) {
                    // 401: one before was carried out, and only its answer did not come in time.
                    Await.until(
                            "no logout",
                            () -> Set.of(200, 401).contains(logOut(other, token).statusCode()));
                    long revoked = System.nanoTime();
                    long asked = revoked;
                    while (check(isolated, token) == 200) {
                        assertTrue(asked - revoked < LATEST.toNanos(), "a revoked token is accepted");
                        asked = System.nanoTime();
                    }
                }
                for (int i = 0; i < 20; i++) {
                    for (String token : tokens) {
                        assertEquals(503, check(isolated, token));
                        // Or 503, on a machine that is busy.
                        assertNotEquals(401, check(unfenced, token));
                        assertNotEquals(200, check(other, token));
                    }
                    Thread.sleep(50);
                }
                for (String token : tokens) {
                    Await.until("the other primary changes it, too", () -> check(unfenced, token) == 200);
                    Await.until("it is not revoked", () -> check(other, token) == 401);
                }
            }
        }
    }

    private static ServiceProcess start(String url, boolean lease) {
        Map<String, String> environment = ServiceProcess.withAdministrator(url, ADMIN, PASSWORD);
        environment.put("AUTH_TOKENS_DATABASE_LEASE", String.valueOf(lease));
        return ServiceProcess.start(environment);
    }

    private static int check(ServiceProcess service, String token) {
        return service.get("/v4/auth-tokens/verify/", token).statusCode();
    }

    private int whileWaitsAreCancelled(Supplier<HttpResponse<String>> request) {
        CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(request);
        Await.until("no answer", () -> {
            Postgres.query(primary.url(), CANCEL);
            return answer.isDone();
        });
        return answer.join().statusCode();
    }

    private HttpResponse<String> logOut(ServiceProcess service, String token) {
        try {
            return client.send(
                    HttpRequest.newBuilder(service.uri(Api.TOKENS))
                            .header("Authorization", "giantswarm " + token)
                            .DELETE()
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
