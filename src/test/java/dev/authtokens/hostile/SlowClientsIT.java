package dev.authtokens.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.RawConnection;
import dev.authtokens.harness.RawConnection.Answer;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that take their time, and more connections than there may be: they end, and until then others are served. */
class SlowClientsIT {

    private static final String EMAIL = "admin@example.com";
    private static final String PASSWORD = "correct horse battery staple";

    /** More than the framework has worker threads. */
    private static final int SLOW_CLIENTS = 300;

    private static final int MAX_CONNECTIONS = 400;

    private static final String LOGIN =
            "POST /v4/auth-tokens/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

    private static ServiceProcess service;

    @BeforeAll
    static void start() {
        Map<String, String> environment =
                ServiceProcess.withAdministrator(SharedPostgres.newDatabaseWithSchema(), EMAIL, PASSWORD);
        environment.put("AUTH_TOKENS_HTTP_REQUEST_TIMEOUT", "3s");
        // Nothing ends here for being at rest.
        environment.put("QUARKUS_HTTP_IDLE_TIMEOUT", "10M");
        environment.put("QUARKUS_HTTP_LIMITS_MAX_CONNECTIONS", String.valueOf(MAX_CONNECTIONS));
        service = ServiceProcess.start(ServiceProcess.patient(environment)).awaitReady();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void bodiesThatTrickleInAreRefusedAndHoldNobodyUp() throws Exception {
        List<RawConnection> slow = connections(SLOW_CLIENTS, LOGIN + "Content-Length: 1000\r\n\r\n{");
        try {
            serves();
            while (!isReadable(slow.get(0))) {
                trickle(slow, " ");
                serves();
            }
            for (RawConnection connection : slow) {
                Answer answer = connection.answer(false).orElseThrow();
                assertEquals(408, answer.status());
                assertTrue(answer.endsConnection(), answer::toString);
                assertTrue(answer.text().contains("\"REQUEST_TIMEOUT\""), answer.text());
                assertTrue(connection.isEndedWithin((int) Await.PATIENCE.toMillis()));
            }
        } finally {
            RawConnection.endAll(slow);
        }
    }

    @Test
    void chunkedBodiesThatTrickleInAreRefusedToo() throws Exception {
        try (RawConnection slow = RawConnection.to(service.port())) {
            slow.send(LOGIN + "Transfer-Encoding: chunked\r\n\r\n");
            while (!isReadable(slow)) {
                slow.send("1\r\n \r\n");
                Thread.sleep(200);
            }
            assertEquals(408, slow.answer(false).orElseThrow().status());
        }
    }

    @Test
    void headersThatTrickleInEndTheConnectionAndHoldNobodyUp() throws Exception {
        List<RawConnection> slow = connections(SLOW_CLIENTS, "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
        try {
            Await.until("The connection does not end", () -> {
                trickle(slow, "a");
                serves();
                // An end of the stream is readable as well.
                return slow.get(0).isEndedWithin(1);
            });
            for (RawConnection connection : slow) {
                assertTrue(connection.isEndedWithin((int) Await.PATIENCE.toMillis()));
            }
        } finally {
            RawConnection.endAll(slow);
        }
    }

    @Test
    void aConnectionThatHadAnAnswerIsNotSlow() throws Exception {
        try (RawConnection kept = RawConnection.to(service.port())) {
            kept.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertEquals(200, kept.answer(false).orElseThrow().status());
            for (int i = 0; i < 3; i++) {
                // Three of them are longer than a connection without an answer lives.
                Thread.sleep(2200);
                kept.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertEquals(200, kept.answer(false).orElseThrow().status());
            }
        }
    }

    @Test
    void connectionsThatRestAreEnded() throws Exception {
        Map<String, String> environment =
                ServiceProcess.withAdministrator(SharedPostgres.newDatabaseWithSchema(), EMAIL, PASSWORD);
        environment.put("QUARKUS_HTTP_IDLE_TIMEOUT", "1S");
        try (ServiceProcess impatient = ServiceProcess.start(environment).awaitReady();
                RawConnection unused = RawConnection.to(impatient.port())) {
            assertTrue(unused.isEndedWithin((int) Await.PATIENCE.toMillis()));
            Await.until("A connection ends before its answer", () -> isEndedAfterItsAnswer(impatient));
        }
    }

    /** A machine that is busy may take longer than that to send the request. */
    private static boolean isEndedAfterItsAnswer(ServiceProcess impatient) throws IOException {
        try (RawConnection used = RawConnection.to(impatient.port())) {
            used.sendWhatIsTaken("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            Optional<Answer> answer = used.answer(false);
            return answer.isPresent()
                    && answer.get().status() == 200
                    && used.isEndedWithin((int) Await.PATIENCE.toMillis());
        }
    }

    @Test
    void connectionsOverTheLimitAreEndedAtOnceAndProbesGoOn() throws Exception {
        List<RawConnection> held = new ArrayList<>();
        try {
            boolean refused = false;
            while (!refused) {
                assertTrue(held.size() <= MAX_CONNECTIONS, "There are more connections than there may be");
                held.add(RawConnection.to(service.port()));
                RawConnection newest = held.get(held.size() - 1);
                newest.sendWhatIsTaken("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
                refused = newest.answer(false).isEmpty();
            }
            assertTrue(held.size() > MAX_CONNECTIONS - 20, held.size() + " connections");
            HttpResponse<String> health = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(service.managementUri("/q/health/ready"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(200, health.statusCode());
        } finally {
            RawConnection.endAll(held);
        }
        service.awaitReady();
    }

    private static void serves() {
        assertEquals(
                200, service.get("/v4/user/", service.token(EMAIL, PASSWORD)).statusCode());
        assertEquals(401, service.get(Api.USER, null).statusCode());
    }

    private static List<RawConnection> connections(int number, String begun) throws IOException {
        List<RawConnection> connections = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            RawConnection connection = RawConnection.to(service.port());
            connection.send(begun);
            connections.add(connection);
        }
        return connections;
    }

    private static void trickle(List<RawConnection> connections, String part) {
        for (RawConnection connection : connections) {
            try {
                connection.send(part);
            } catch (IOException e) {
                // Ended: that is what is waited for.
            }
        }
    }

    private static boolean isReadable(RawConnection connection) throws IOException {
        return connection.input().available() > 0;
    }
}
