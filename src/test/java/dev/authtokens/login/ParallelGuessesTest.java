package dev.authtokens.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.BehindProxies;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Many parallel guesses, as soon as the throttle holds them back, do not make the logins of others fail. */
@QuarkusTest
@TestProfile(BehindProxies.class)
@WithTestResource(ServiceDatabase.class)
class ParallelGuessesTest {

    private static final int GUESSERS = 500;
    private static final int FREE_FAILURES = 5;

    /** So many guesses without one that was verified: those that were admitted at the beginning are all hashed. */
    private static final int REFUSED_IN_A_ROW = 2 * GUESSERS;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Set<Integer> answers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger verified = new AtomicInteger();
    private final AtomicInteger refusedInARow = new AtomicInteger();
    private final CountDownLatch guessers = new CountDownLatch(GUESSERS);
    private volatile boolean finished;

    private record Guess(String address, String email) {}

    @Test
    void leaveOthersAloneWhenTheyAreAtOneAccount() throws Exception {
        String email = Accounts.create();
        guessWhileOthersLogIn(FREE_FAILURES, i -> new Guess("198.51.100." + i % 250, email));
    }

    @Test
    void leaveOthersAloneWhenTheyAreAtOneUnknownAccount() throws Exception {
        String email = nobody();
        guessWhileOthersLogIn(FREE_FAILURES, i -> new Guess("198.51.100." + i % 250, email));
    }

    @Test
    void leaveOthersAloneWhenTheyAreFromOneClientAddress() throws Exception {
        String address = "203.0.113.99";
        guessWhileOthersLogIn(BehindProxies.ADDRESS_FAILURES, i -> new Guess(address, nobody()));
    }

    private void guessWhileOthersLogIn(int unthrottled, IntFunction<Guess> guesses) throws Exception {
        List<String> others = Stream.generate(Accounts::create).limit(3).toList();
        for (int i = 0; i < GUESSERS; i++) {
            guess(i, guesses);
        }
        try {
            Await.until(
                    () -> verified + " verified, " + refusedInARow + " refused in a row",
                    () -> verified.get() >= unthrottled && refusedInARow.get() >= REFUSED_IN_A_ROW);
            for (String other : others) {
                assertEquals(200, Api.login(other, Accounts.PASSWORD).statusCode());
            }
        } finally {
            finished = true;
            assertTrue(guessers.await(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
        // 503, where a slow machine does not get a connection, or the row of the account, in time.
        assertTrue(Set.of(401, 429, 503).containsAll(answers), answers.toString());
        assertTrue(answers.contains(429));
    }

    private void guess(int number, IntFunction<Guess> guesses) {
        if (finished) {
            guessers.countDown();
            return;
        }
        Guess guess = guesses.apply(number);
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(RestAssured.baseURI + ":" + RestAssured.port + Api.TOKENS))
                .header("Content-Type", "application/json")
                .header("X-Forwarded-For", guess.address())
                .POST(BodyPublishers.ofString("{\"email\":\"" + guess.email() + "\",\"password_base64\":\"Z3Vlc3M=\"}"))
                .build();
        client.sendAsync(request, BodyHandlers.discarding()).whenComplete((answer, failure) -> {
            int status = failure == null ? answer.statusCode() : -1;
            answers.add(status);
            if (status == 401) {
                verified.incrementAndGet();
                refusedInARow.set(0);
            } else {
                refusedInARow.incrementAndGet();
            }
            guess(number, guesses);
        });
    }

    private static String nobody() {
        return "nobody-" + UUID.randomUUID() + "@example.com";
    }
}
