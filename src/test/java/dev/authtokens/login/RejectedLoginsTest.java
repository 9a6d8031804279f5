package dev.authtokens.login;

import static dev.authtokens.harness.Api.USER;
import static dev.authtokens.harness.Api.isProblem;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class RejectedLoginsTest {

    /** More than two seconds of hashing, on any number of cores that the tests run on. */
    private static final int LOGINS = 60 * Runtime.getRuntime().availableProcessors();

    @Test
    void surplusLoginsAreRefusedWhileTokensGoOnBeingChecked() throws Exception {
        List<String> emails = Stream.generate(Accounts::create).limit(LOGINS).toList();
        String email = emails.get(0);
        String token = Api.token(email, Accounts.PASSWORD);
        ExecutorService clients = Executors.newFixedThreadPool(LOGINS);
        try {
            List<Future<Response>> logins = new ArrayList<>();
            emails.forEach(each -> logins.add(clients.submit(() -> Api.login(each, Accounts.PASSWORD))));
            while (logins.stream().noneMatch(RejectedLoginsTest::isRefused)) {
                Thread.sleep(10);
            }
            for (int i = 0; i < 5; i++) {
                Api.as(token).get(USER).then().statusCode(200);
            }
            assertTrue(logins.stream().anyMatch(login -> !login.isDone()), "the flood was over before the checks");
            int accepted = 0;
            int refused = 0;
            for (Future<Response> login : logins) {
                if (login.get().statusCode() == 200) {
                    accepted++;
                } else {
                    refused++;
                    isProblem(login.get(), 429, "TOO_MANY_REQUESTS").header("Retry-After", equalTo("2"));
                }
            }
            assertTrue(accepted > 0 && refused > 0, accepted + " accepted, " + refused + " refused");
            assertEquals(200, Api.login(email, Accounts.PASSWORD).statusCode());
        } finally {
            clients.shutdownNow();
        }
    }

    private static boolean isRefused(Future<Response> login) {
        try {
            return login.isDone() && login.get().statusCode() == 429;
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
