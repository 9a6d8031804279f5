package dev.authtokens.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Api;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Guesses at two replicas on one database, from anywhere: the client of this test is a trusted proxy. */
class LoginThrottleIT {

    private static final String ADMIN = "admin@example.com";
    private static final String PASSWORD = "correct horse battery staple";
    private static final String HOME = "192.0.2.1";

    /** Five free ones, and the one behind which the first delay begins. */
    private static final int WITHOUT_DELAY = 6;

    private static final int FAILURES_OF_AN_ADDRESS = 10;

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final List<ServiceProcess> REPLICAS = new ArrayList<>();
    private static String database;

    /** Another account in each test. */
    private final String owner = "owner-" + UUID.randomUUID() + "@example.com";

    @BeforeAll
    static void start() {
        database = SharedPostgres.newDatabaseWithSchema();
        Map<String, String> environment =
                ServiceProcess.patient(ServiceProcess.withAdministrator(database, ADMIN, PASSWORD));
        environment.put("AUTH_TOKENS_HTTP_TRUSTED_PROXIES", "127.0.0.0/8,::1/128");
        environment.put("AUTH_TOKENS_THROTTLE_ADDRESS_PERIOD", "1d");
        environment.put("AUTH_TOKENS_THROTTLE_ADDRESS_FAILURES", String.valueOf(FAILURES_OF_AN_ADDRESS));
        REPLICAS.add(ServiceProcess.start(environment));
        REPLICAS.add(ServiceProcess.start(environment));
        REPLICAS.forEach(ServiceProcess::awaitReady);
    }

    @AfterAll
    static void stop() {
        REPLICAS.forEach(ServiceProcess::close);
    }

    @BeforeEach
    void createAccount() {
        String token = REPLICAS.get(0).token(ADMIN, PASSWORD);
        HttpRequest request = HttpRequest.newBuilder(REPLICAS.get(0).uri("/v4/users/" + owner + "/"))
                .header("Authorization", "giantswarm " + token)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{\"password\":\"" + Api.base64(PASSWORD) + "\"}"))
                .build();
        assertEquals(
                201,
                CLIENT.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                        .join()
                        .statusCode());
    }

    @Test
    void concurrentGuessesAreThrottledOneByOne() {
        long begun = System.nanoTime();
        List<CompletableFuture<HttpResponse<String>>> guesses = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            guesses.add(send(i % 2, "198.51.100." + i, owner, "guess " + i));
        }
        Map<Integer, Integer> statuses = new HashMap<>();
        guesses.forEach(guess -> statuses.merge(guess.join().statusCode(), 1, Integer::sum));
        assertEquals(
                List.of(),
                statuses.keySet().stream()
                        .filter(status -> status != 401 && status != 429)
                        .toList());
        // One more after each delay that was over meanwhile: of 1, 2, 4 seconds and so on.
        long seconds = Math.max(1, (System.nanoTime() - begun) / 1_000_000_000);
        int delays = 64 - Long.numberOfLeadingZeros(seconds + 1) - 1;
        assertTrue(statuses.get(401) <= WITHOUT_DELAY + delays, statuses.toString());
        // The delay that the last of them began, longer than a slow machine needs from there to here.
        Postgres.execute(
                database, "update login_attempts set open_at = open_at + interval '1 hour' where failures > 5");
        assertEquals(429, login(0, "203.0.113.1", owner, PASSWORD).statusCode());
        assertEquals(429, login(1, "203.0.113.1", owner, PASSWORD).statusCode());
    }

    @Test
    void aKnownNetworkIsNotThrottledDuringAnAttack() throws Exception {
        assertEquals(200, login(0, HOME, owner, PASSWORD).statusCode());
        AtomicBoolean over = new AtomicBoolean();
        List<Integer> attack = new CopyOnWriteArrayList<>();
        Thread attacker = new Thread(() -> {
            for (int i = 0; !over.get(); i++) {
                attack.add(login(i % 2, "198.51.100." + i % 200, owner, "guess " + i)
                        .statusCode());
            }
        });
        attacker.start();
        try {
            // Also after the throttle has begun to refuse the attacker.
            for (int i = 0; i < 20 || !attack.contains(429); i++) {
                assertTrue(i < 1000, attack.toString());
                assertEquals(200, login(i % 2, HOME, owner, PASSWORD).statusCode(), "login " + i);
            }
        } finally {
            over.set(true);
            attacker.join();
        }
    }

    @Test
    void anAddressWithManyFailuresIsThrottledForAnyAccount() {
        for (int i = 0; i < FAILURES_OF_AN_ADDRESS; i++) {
            assertEquals(
                    401,
                    login(0, "2001:db8:0:1::" + i, "user-" + i + "@example.com", "guess")
                            .statusCode());
        }
        HttpResponse<String> refusal = login(0, "2001:db8:0:1::ffff", owner, PASSWORD);
        assertEquals(429, refusal.statusCode());
        int wait = Integer.parseInt(refusal.headers().firstValue("Retry-After").orElseThrow());
        assertTrue(wait > 0 && wait <= 86_400 / FAILURES_OF_AN_ADDRESS, "Retry-After: " + wait);
        assertEquals(200, login(0, "2001:db8:0:2::1", owner, PASSWORD).statusCode());
    }

    /** A successful login uses up nothing. */
    @Test
    void successfulLoginsAreNotThrottled() {
        for (int i = 0; i < 2 * FAILURES_OF_AN_ADDRESS; i++) {
            assertEquals(200, login(0, HOME, owner, PASSWORD).statusCode());
        }
    }

    private HttpResponse<String> login(int replica, String address, String email, String password) {
        return send(replica, address, email, password).join();
    }

    private CompletableFuture<HttpResponse<String>> send(int replica, String address, String email, String password) {
        String body = "{\"email\":\"" + email + "\",\"password_base64\":\"" + Api.base64(password) + "\"}";
        HttpRequest request = HttpRequest.newBuilder(REPLICAS.get(replica).uri(Api.TOKENS))
                .header("Content-Type", "application/json")
                .header("X-Forwarded-For", address)
                .POST(BodyPublishers.ofString(body))
                .build();
        return CLIENT.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }
}
