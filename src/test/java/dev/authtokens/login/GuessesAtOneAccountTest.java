package dev.authtokens.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Many parallel guesses at one account, with an account and without, do not make logins to other accounts fail. */
@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class GuessesAtOneAccountTest {

    private static final int GUESSERS = 80;
    private static final int FREE_FAILURES = 5;

    @Test
    void leaveLoginsToOtherAccountsAlone() throws Exception {
        for (String target : List.of(Accounts.create(), "nobody-" + UUID.randomUUID() + "@example.com")) {
            guessWhileOthersLogIn(target);
        }
    }

    private static void guessWhileOthersLogIn(String target) throws Exception {
        List<String> others = Stream.generate(Accounts::create).limit(5).toList();
        AtomicBoolean finished = new AtomicBoolean();
        Queue<Integer> guesses = new ConcurrentLinkedQueue<>();
        ExecutorService guessers = Executors.newFixedThreadPool(GUESSERS);
        try {
            for (int i = 0; i < GUESSERS; i++) {
                guessers.submit(() -> {
                    while (!finished.get()) {
                        guesses.add(Api.login(target, "guess").statusCode());
                    }
                });
            }
            // The free ones, which every account has, are hashed first; from then on the throttle holds the others
            // back.
            while (Collections.frequency(guesses, 401) <= FREE_FAILURES) {
                Thread.sleep(10);
            }
            for (String other : others) {
                assertEquals(200, Api.login(other, Accounts.PASSWORD).statusCode());
            }
        } finally {
            finished.set(true);
            guessers.shutdown();
            assertTrue(guessers.awaitTermination(60, TimeUnit.SECONDS));
        }
        assertEquals(Set.of(401, 429), Set.copyOf(guesses));
    }
}
