package dev.authtokens.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.RawConnection;
import dev.authtokens.harness.RawConnection.Answer;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** More of everything than there is room for: it is refused, and what was there goes on. */
@Isolated("It compares times.")
class FloodIT {

    private static final String EMAIL = "admin@example.com";
    private static final String PASSWORD = "correct horse battery staple";
    private static final String CREDENTIALS =
            "{\"email\":\"" + EMAIL + "\",\"password_base64\":\"" + Api.base64(PASSWORD) + "\"}";
    private static final byte[] LOGIN = ("POST /v4/auth-tokens/ HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/json\r\nContent-Length: " + CREDENTIALS.length() + "\r\n\r\n"
                    + CREDENTIALS)
            .getBytes(StandardCharsets.US_ASCII);

    private static final int CHECKS = 1000;
    private static final int LOGIN_CLIENTS = 200;
    /** Netty closes a connection on which more than 128 requests wait for their answers. */
    private static final int PIPELINED = 120;

    private static String database;
    private static ServiceProcess service;

    /** Of the checks: a few may meet a moment at which the machine stands still. */
    private static final double MOST = 0.9;

    /** How long an answer took. */
    private record Timed(int status, long nanos) {}

    @BeforeAll
    static void start() {
        database = SharedPostgres.newDatabaseWithSchema();
        Map<String, String> environment = ServiceProcess.withAdministrator(database, EMAIL, PASSWORD);
        service = ServiceProcess.start(ServiceProcess.patient(environment)).awaitReady();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void thousandsOfIdleConnectionsAreHeldWhileOthersAreServed() throws Exception {
        String token = service.token(EMAIL, PASSWORD);
        int number = 5000;
        long limit =
                ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getMaxFileDescriptorCount();
        // Each of both processes has one of a connection, and some of its own.
        assertTrue(
                limit >= number + 1000,
                () -> number + " connections need a limit of file descriptors of " + (number + 1000) + ", and it is "
                        + limit + ": see ulimit -Hn");
        long before = service.residentKilobytes();
        List<RawConnection> idle = new ArrayList<>();
        try {
            for (int i = 0; i < number; i++) {
                RawConnection connection = RawConnection.to(service.port());
                idle.add(connection);
                connection.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertEquals(200, connection.answer(false).orElseThrow().status());
            }
            long after = service.residentKilobytes();
            assertEquals(200, service.login(EMAIL, PASSWORD).statusCode());
            assertEquals(200, service.get(Api.USER, token).statusCode());
            for (RawConnection connection : idle) {
                connection.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertEquals(200, connection.answer(false).orElseThrow().status());
            }
            System.out.printf(
                    "Idle connections: %d held, resident memory %d MB before and %d MB with them%n",
                    number, before / 1024, after / 1024);
            assertTrue((after - before) / number < 50, (after - before) / number + " KB for each connection");
        } finally {
            for (RawConnection connection : idle) {
                connection.close();
            }
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrder() throws Exception {
        String token = service.token(EMAIL, PASSWORD);
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < PIPELINED; i++) {
            String id = "X-Request-ID: pipelined-" + i + "\r\n";
            requests.append(
                    switch (i % 4) {
                        case 0 -> "GET / HTTP/1.1\r\nHost: localhost\r\n" + id + "\r\n";
                        case 1 ->
                            "GET /v4/user/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n" + id
                                    + "\r\n";
                        case 2 ->
                            "POST /v4/auth-tokens/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                    + id + "Content-Length: 2\r\n\r\n{}";
                        default -> "GET /v4/users/ HTTP/1.1\r\nHost: localhost\r\n" + id + "\r\n";
                    });
        }
        int[] expected = {200, 200, 400, 401};
        try (RawConnection connection = RawConnection.to(service.port())) {
            connection.send(requests.toString());
            for (int i = 0; i < PIPELINED; i++) {
                Answer answer = connection.answer(false).orElseThrow();
                assertEquals(Optional.of("pipelined-" + i), answer.value("X-Request-ID"));
                assertEquals(expected[i % 4], answer.status());
            }
        }
    }

    /** With headers of which all would fill the heap, if they were kept. */
    @Test
    void largeRequestsThatDoNotEndHoldAPartOfTheHeapOnly() throws Exception {
        Map<String, String> environment = ServiceProcess.withAdministrator(database, EMAIL, PASSWORD);
        // Nothing else ends them.
        environment.put("AUTH_TOKENS_HTTP_REQUEST_TIMEOUT", "10m");
        environment.put("QUARKUS_HTTP_IDLE_TIMEOUT", "10M");
        List<RawConnection> held = new ArrayList<>();
        try (ServiceProcess small =
                ServiceProcess.start(environment, FloodIT::withSmallHeap).awaitReady()) {
            for (int i = 0; i < 2000; i++) {
                held.add(RawConnection.to(small.port()));
                try {
                    held.get(i).send("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "a".repeat(30_000));
                } catch (SocketException ended) {
                    // Before all was sent.
                }
            }
            assertTrue(held.get(held.size() - 1).isEndedWithin((int) Await.PATIENCE.toMillis()));
            assertEquals(200, small.get("/", null).statusCode());
            assertFalse(held.get(0).isEndedWithin(100), "those that came before are ended, too");
            for (RawConnection connection : held) {
                connection.close();
            }
            Await.until("large requests are not served again", () -> servesLargeRequest(small));
        } finally {
            for (RawConnection connection : held) {
                connection.close();
            }
        }
    }

    private static List<String> withSmallHeap(List<String> command) {
        List<String> limited = new ArrayList<>(command);
        limited.add(1, "-Xmx160m");
        return limited;
    }

    private static boolean servesLargeRequest(ServiceProcess service) throws IOException {
        try (RawConnection connection = RawConnection.to(service.port())) {
            connection.send("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "a".repeat(30_000) + "\r\n\r\n");
            return connection.answer(false).isPresent();
        }
    }

    @Test
    void headersAndRequestLinesHaveALimit() throws Exception {
        assertEquals(200, status("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "a".repeat(32_000) + "\r\n\r\n"));
        assertEquals(431, status("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "a".repeat(33_000) + "\r\n\r\n"));
        assertEquals(431, status("GET / HTTP/1.1\r\nHost: localhost\r\n" + "X-Many: a\r\n".repeat(5000) + "\r\n"));
        assertEquals(404, status("GET /" + "a".repeat(16_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        assertEquals(414, status("GET /" + "a".repeat(17_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    }

    @Test
    void nothingGoesOverToHttp2() throws Exception {
        assertEquals(
                200,
                status("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                        + "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n"));
        int refusal = status("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        assertTrue(refusal == 400 || refusal == 501, "Status " + refusal);
    }

    @Test
    void aFloodOfLoginsIsRefusedWhileTokensAreCheckedAndLogoutsGoOn() throws Exception {
        String token = service.token(EMAIL, PASSWORD);
        String ending = service.token(EMAIL, PASSWORD);
        checks(token);
        long quiet = percentile(checks(token), MOST);
        long rowsBefore = auditRows();

        AtomicBoolean over = new AtomicBoolean();
        ExecutorService clients = Executors.newFixedThreadPool(LOGIN_CLIENTS);
        List<Future<List<Timed>>> logins = new ArrayList<>();
        List<Timed> checks;
        try {
            for (int i = 0; i < LOGIN_CLIENTS; i++) {
                logins.add(clients.submit(() -> logIn(over)));
            }
            awaitRefusal();
            checks = checks(token);
            assertEquals(
                    200,
                    status("DELETE /v4/auth-tokens/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + ending
                            + "\r\n\r\n"));
            assertEquals(401, service.get(Api.USER, ending).statusCode());
        } finally {
            over.set(true);
            clients.shutdown();
        }
        List<Timed> accepted = new ArrayList<>();
        List<Timed> refused = new ArrayList<>();
        for (Future<List<Timed>> client : logins) {
            for (Timed login : client.get()) {
                (login.status() == 200 ? accepted : refused).add(login);
            }
        }
        long underFlood = percentile(checks, MOST);
        System.out.printf(
                "Login flood: %d accepted (median %d ms), %d refused (median %d ms, p99 %d ms); token check p90 %.1f ms quiet,"
                        + " %.1f ms under flood, at most %.1f ms%n",
                accepted.size(),
                percentile(accepted, 0.5) / 1_000_000,
                refused.size(),
                percentile(refused, 0.5) / 1_000_000,
                percentile(refused, 0.99) / 1_000_000,
                quiet / 1e6,
                underFlood / 1e6,
                percentile(checks, 1) / 1e6);
        assertTrue(refused.stream().allMatch(login -> login.status() == 429));
        assertTrue(refused.size() > accepted.size(), "No flood");
        // Neither stands behind the hashing that the accepted ones wait for.
        assertTrue(underFlood < percentile(accepted, 0.5) / 2, "Token checks wait for logins");
        assertTrue(percentile(refused, 0.5) < percentile(accepted, 0.5) / 2, "Refusals wait for logins");
        long rows = auditRows() - rowsBefore;
        assertTrue(
                rows <= accepted.size() + 10,
                rows + " audit rows of " + accepted.size() + " accepted and " + refused.size() + " refused logins");
    }

    /** The surplus backs off a little, as clients do; the flood is no busy loop of the test. */
    private static List<Timed> logIn(AtomicBoolean over) throws Exception {
        List<Timed> answers = new ArrayList<>();
        try (RawConnection connection = RawConnection.to(service.port())) {
            while (!over.get()) {
                Timed answer = exchange(connection, LOGIN);
                answers.add(answer);
                if (answer.status() == 429) {
                    Thread.sleep(100);
                }
            }
        }
        return answers;
    }

    private static void awaitRefusal() throws Exception {
        try (RawConnection connection = RawConnection.to(service.port())) {
            while (exchange(connection, LOGIN).status() != 429) {
                Thread.sleep(10);
            }
        }
    }

    private static List<Timed> checks(String token) throws Exception {
        byte[] check = ("GET /v4/auth-tokens/verify/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        List<Timed> answers = new ArrayList<>();
        try (RawConnection connection = RawConnection.to(service.port())) {
            for (int i = 0; i < CHECKS; i++) {
                Timed answer = exchange(connection, check);
                assertEquals(200, answer.status());
                answers.add(answer);
            }
        }
        return answers;
    }

    private static Timed exchange(RawConnection connection, byte[] request) throws IOException {
        long begun = System.nanoTime();
        connection.send(request);
        int status = connection.answer(false).orElseThrow().status();
        return new Timed(status, System.nanoTime() - begun);
    }

    private static long percentile(List<Timed> answers, double part) {
        long[] sorted = answers.stream().mapToLong(Timed::nanos).sorted().toArray();
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
    }

    private static long auditRows() {
        return (Long)
                Postgres.query(database, "select count(*) from audit_events").get(0);
    }

    private static int status(String request) throws IOException {
        try (RawConnection connection = RawConnection.to(service.port())) {
            connection.sendWhatIsTaken(request);
            return connection.answer(false).orElseThrow().status();
        }
    }
}
