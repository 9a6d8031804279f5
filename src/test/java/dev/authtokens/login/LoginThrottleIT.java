package dev.authtokens.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Api;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceProcess;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Guesses at two replicas on one database, from anywhere: the client of this test is a trusted proxy. */
@Tag("processes")
class LoginThrottleIT {

    private static final String OWNER = "owner@example.com";
    private static final String PASSWORD = "correct horse battery staple";
    private static final String HOME = "192.0.2.1";

    /** Five free ones, the one behind which the first delay begins, and the one that waited for its end. */
    private static final int MOST_AT_ONCE = 7;

    private static final int FAILURES_OF_AN_ADDRESS = 40;

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<ServiceProcess> replicas = new ArrayList<>();
    private Postgres postgres;

    @BeforeEach
    void start() {
        postgres = Postgres.start();
        Map<String, String> environment = ServiceProcess.withAdministrator(postgres.url(), OWNER, PASSWORD);
        environment.put("AUTH_TOKENS_HTTP_TRUSTED_PROXIES", "127.0.0.0/8,::1/128");
        environment.put("AUTH_TOKENS_THROTTLE_ADDRESS_FAILURES", String.valueOf(FAILURES_OF_AN_ADDRESS));
        replicas.add(ServiceProcess.start(environment));
        replicas.add(ServiceProcess.start(environment));
        replicas.forEach(ServiceProcess::awaitReady);
    }

    @AfterEach
    void stop() {
        replicas.forEach(ServiceProcess::close);
        postgres.close();
    }

    @Test
    void guessesAtOnceDoNotShareATurn() {
        List<CompletableFuture<HttpResponse<String>>> guesses = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            guesses.add(send(i % 2, "198.51.100." + i, OWNER, "guess " + i));
        }
        Map<Integer, Integer> statuses = new HashMap<>();
        guesses.forEach(guess -> statuses.merge(guess.join().statusCode(), 1, Integer::sum));
        assertEquals(
                List.of(),
                statuses.keySet().stream()
                        .filter(status -> status != 401 && status != 429)
                        .toList());
        assertTrue(statuses.get(401) <= MOST_AT_ONCE, statuses.toString());
        assertEquals(429, login(0, "203.0.113.1", OWNER, PASSWORD).statusCode());
        assertEquals(429, login(1, "203.0.113.1", OWNER, PASSWORD).statusCode());
    }

    @Test
    void theOwnerLogsInWhileTheAttackGoesOn() throws Exception {
        assertEquals(200, login(0, HOME, OWNER, PASSWORD).statusCode());
        AtomicBoolean over = new AtomicBoolean();
        List<Integer> attack = new CopyOnWriteArrayList<>();
        Thread attacker = new Thread(() -> {
            for (int i = 0; !over.get(); i++) {
                attack.add(login(i % 2, "198.51.100." + i % 200, OWNER, "guess " + i)
                        .statusCode());
            }
        });
        attacker.start();
        try {
            // Also after the throttle has begun to refuse the attacker.
            for (int i = 0; i < 20 || !attack.contains(429); i++) {
                assertTrue(i < 1000, attack.toString());
                assertEquals(200, login(i % 2, HOME, OWNER, PASSWORD).statusCode(), "login " + i);
            }
        } finally {
            over.set(true);
            attacker.join();
        }
    }

    @Test
    void anAddressThatFailsOftenIsRefusedWhateverTheAccount() {
        for (int i = 0; i < FAILURES_OF_AN_ADDRESS; i++) {
            assertEquals(
                    401,
                    login(0, "2001:db8:0:1::" + i, "user-" + i + "@example.com", "guess")
                            .statusCode());
        }
        HttpResponse<String> refusal = login(0, "2001:db8:0:1::ffff", OWNER, PASSWORD);
        assertEquals(429, refusal.statusCode());
        int wait = Integer.parseInt(refusal.headers().firstValue("Retry-After").orElseThrow());
        assertTrue(wait > 0 && wait <= 600 / FAILURES_OF_AN_ADDRESS, "Retry-After: " + wait);
        assertEquals(200, login(0, "2001:db8:0:2::1", OWNER, PASSWORD).statusCode());
    }

    /** A good login uses up nothing. */
    @Test
    void anAddressMayLogInAsOftenAsItLikes() {
        for (int i = 0; i < 2 * FAILURES_OF_AN_ADDRESS; i++) {
            assertEquals(200, login(0, HOME, OWNER, PASSWORD).statusCode());
        }
    }

    private HttpResponse<String> login(int replica, String address, String email, String password) {
        return send(replica, address, email, password).join();
    }

    private CompletableFuture<HttpResponse<String>> send(int replica, String address, String email, String password) {
        String body = "{\"email\":\"" + email + "\",\"password_base64\":\"" + Api.base64(password) + "\"}";
        HttpRequest request = HttpRequest.newBuilder(replicas.get(replica).uri(Api.TOKENS))
                .header("Content-Type", "application/json")
                .header("X-Forwarded-For", address)
                .POST(BodyPublishers.ofString(body))
                .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }
}
