package dev.authtokens.login;

import static dev.authtokens.harness.Api.USER;
import static dev.authtokens.harness.Api.isProblem;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.ServiceDatabase;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class RejectedLoginsTest {

    /** More than may be under way at a time. */
    private static final int CLIENTS = LoginExecutor.maxRunning() + 16;

    private static final int ACCEPTED = 200;

    @Inject
    AgroalDataSource pool;

    private final Map<Integer, Response> answers = new ConcurrentHashMap<>();

    @Test
    void surplusLoginsAreRefusedWhileTokensGoOnBeingChecked() throws Exception {
        List<String> emails = Stream.generate(Accounts::create).limit(CLIENTS).toList();
        String token = Api.token(emails.get(0), Accounts.PASSWORD);
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        AgroalConnectionPoolConfiguration settings = pool.getConfiguration().connectionPoolConfiguration();
        Duration patience = settings.acquisitionTimeout();
        // The pool may grow slowly on a machine that is busy.
        settings.setAcquisitionTimeout(Await.PATIENCE);
        try {
            emails.forEach(email -> clients.submit(() -> {
                logIn(email, over);
                return null;
            }));
            Await.until(answers::toString, () -> answers.size() > 1);
            for (int i = 0; i < 5; i++) {
                Api.as(token).get(USER).then().statusCode(200);
            }
        } finally {
            over.set(true);
            settings.setAcquisitionTimeout(patience);
            clients.shutdown();
            assertTrue(clients.awaitTermination(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
        assertEquals(Set.of(ACCEPTED, 429), answers.keySet());
        isProblem(answers.get(429), 429, "TOO_MANY_REQUESTS").header("Retry-After", equalTo("2"));
        assertEquals(ACCEPTED, Api.login(emails.get(0), Accounts.PASSWORD).statusCode());
    }

    /** Again and again; a surplus login waits a little, as clients do. */
    private void logIn(String email, AtomicBoolean over) throws InterruptedException {
        while (!over.get()) {
            Response answer = Api.login(email, Accounts.PASSWORD);
            answers.putIfAbsent(answer.statusCode(), answer);
            if (answer.statusCode() != ACCEPTED) {
                Thread.sleep(100);
            }
        }
    }
}
