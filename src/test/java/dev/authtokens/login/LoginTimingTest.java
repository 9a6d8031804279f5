package dev.authtokens.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.ServiceDatabase;
import dev.authtokens.harness.TestClock;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whether the time of a refusal reveals what was wrong. The kinds are asked in turns and in a random order, so that whatever
 * else goes on slows all of them alike.
 */
@QuarkusTest
@WithTestResource(ServiceDatabase.class)
@Tag("any-runtime")
class LoginTimingTest {

    private static final int ROUNDS = 40;

    /**
     * How far the chance that a refusal of one kind takes longer than one of another may be from even. It strays by 0.05 or
     * so where there is no difference at all.
     */
    private static final double TOLERANCE = 0.25;

    private static final Instant PAST = Instant.parse("2020-01-01T00:00:00Z");

    private final HttpClient client = HttpClient.newHttpClient();

    @Inject
    TestClock clock;

    @AfterEach
    void resetClock() {
        clock.reset();
    }

    private record Credentials(String email, String password) {}

    @Test
    void refusalsTakeTheSameTime() {
        compare(
                401,
                Map.of(
                        "unknown account", () -> new Credentials(unknown(), Accounts.PASSWORD),
                        "no address", () -> new Credentials("no address " + Accounts.create(), Accounts.PASSWORD),
                        "wrong password", () -> new Credentials(Accounts.create(), "wrong"),
                        "empty password", () -> new Credentials(Accounts.create(), ""),
                        "overlong password", () -> new Credentials(Accounts.create(), "x".repeat(5_000)),
                        "expired account, wrong password",
                                () -> new Credentials(Accounts.create(Role.USER, PAST), "wrong")));
    }

    @Test
    void refusalsOfTheThrottleTakeTheSameTime() {
        Credentials unknown = new Credentials(unknown(), "wrong");
        Credentials known = new Credentials(Accounts.create(), "wrong");
        // Until both are locked out for a quarter of an hour.
        for (int i = 0; i < 17; i++) {
            clock.moveOn(Duration.ofMinutes(15));
            send(unknown);
            send(known);
        }
        compare(
                429,
                Map.of(
                        "unknown account", () -> unknown,
                        "wrong password", () -> known,
                        "right password", () -> new Credentials(known.email(), Accounts.PASSWORD)));
    }

    private static String unknown() {
        // An account is made for every kind, so that what that leaves behind slows all alike.
        return "no-" + Accounts.create();
    }

    private void compare(int status, Map<String, Supplier<Credentials>> kinds) {
        Map<String, List<Long>> times = new TreeMap<>();
        List<String> order = new ArrayList<>(kinds.keySet());
        // The first rounds warm up.
        for (int round = -ROUNDS / 6; round < ROUNDS; round++) {
            Collections.shuffle(order);
            for (String kind : order) {
                Credentials credentials = kinds.get(kind).get();
                long start = System.nanoTime();
                HttpResponse<String> answer = send(credentials);
                long time = System.nanoTime() - start;
                assertEquals(status, answer.statusCode(), kind);
                if (round >= 0) {
                    times.computeIfAbsent(kind, unseen -> new ArrayList<>()).add(time);
                }
            }
        }
        Map<String, Double> chances = new TreeMap<>();
        times.forEach((kind, own) -> {
            List<Long> others = new ArrayList<>();
            times.forEach((other, theirs) -> others.addAll(other.equals(kind) ? List.of() : theirs));
            chances.put(kind, chanceToTakeLonger(own, others));
        });
        System.out.println("Chance to take longer than the others: " + chances);
        assertTrue(
                chances.values().stream().allMatch(chance -> Math.abs(chance - 0.5) < TOLERANCE), chances.toString());
    }

    /** The statistic of Mann and Whitney, as a share of all pairs: outliers weigh no more than others. */
    private static double chanceToTakeLonger(List<Long> ones, List<Long> others) {
        long longer = ones.stream()
                .mapToLong(one -> others.stream().filter(other -> one > other).count())
                .sum();
        return (double) longer / ones.size() / others.size();
    }

    private HttpResponse<String> send(Credentials credentials) {
        String body = "{\"email\":\"" + credentials.email() + "\",\"password_base64\":\""
                + Api.base64(credentials.password()) + "\"}";
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(RestAssured.baseURI + ":" + RestAssured.port + Api.TOKENS))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).join();
    }
}
