package dev.authtokens.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.RawConnection;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import dev.authtokens.harness.TokenLoad;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;

/**
 * Many requests in which everything is made up: methods, paths, headers, names, addresses, ids. Nothing of it may be kept for
 * ever, and users who log in and out meanwhile notice nothing. {@code -Dsoak.requests=...} makes it longer.
 */
class SoakIT {

    private static final String EMAIL = "admin@example.com";
    private static final String PASSWORD = "correct horse battery staple";
    private static final int REQUESTS = Integer.getInteger("soak.requests", 10_000);
    private static final int PIPELINED = 100;
    private static final int CONNECTIONS = 1000;

    /** Series of requests: known methods and paths with the statuses that they have. */
    private static final int MOST_SERIES = 50;

    /** A cache that fills up takes a part of it; a series of metrics alone takes four times as much. */
    private static final int MOST_BYTES_OF_A_REQUEST = 500;

    private static ServiceProcess service;

    private final Random random = new Random(1);

    @BeforeAll
    static void start() {
        Map<String, String> environment =
                ServiceProcess.withAdministrator(SharedPostgres.newDatabaseWithSchema(), EMAIL, PASSWORD);
        environment.put("AUTH_TOKENS_HTTP_TRUSTED_PROXIES", "127.0.0.0/8,::1/128");
        service = ServiceProcess.start(ServiceProcess.patient(environment)).awaitReady();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void nothingThatClientsMakeUpIsKept() throws Exception {
        long grown;
        try (TokenLoad users = new TokenLoad(List.of(service), EMAIL, PASSWORD).start()) {
            makeUp(REQUESTS / 2);
            long before = liveBytes();
            long residentBefore = residentKilobytes();
            makeUp(REQUESTS);
            grown = liveBytes() - before;
            users.await(1, 1);
            users.checkAll();
            System.out.printf(
                    "Soak: %d kB resident after a third of the requests, %d kB after all; %s%n",
                    residentBefore, residentKilobytes(), users.summary());
            assertEquals(List.of(), users.wrong());
        }

        String token = service.token(EMAIL, PASSWORD);
        assertEquals(200, service.get("/v4/auth-tokens/verify/", token).statusCode());
        // A request is counted when its answer has been sent, which may have arrived before.
        Await.until("the last request is not counted", () -> isCounted(series(), "GET", "/v4/auth-tokens/verify"));
        List<String> series = series();
        System.out.printf(
                "Soak: %d made-up requests, %d series, %d bytes of heap for each request%n",
                REQUESTS, series.size(), grown / REQUESTS);
        assertTrue(series.size() <= MOST_SERIES, () -> series.size() + " series: " + series);
        assertTrue(isCounted(series, "POST", "/v4/auth-tokens"), series::toString);
        assertTrue(grown <= (long) MOST_BYTES_OF_A_REQUEST * REQUESTS, () -> grown + " bytes more are in use");
    }

    private static List<String> series() {
        return service.manage("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("http_server_requests_seconds_count"))
                .toList();
    }

    private static boolean isCounted(List<String> series, String method, String uri) {
        List<String> wanted =
                List.of("method=\"" + method + "\"", "uri=\"" + uri + "\"", "status=\"200\"", "outcome=\"SUCCESS\"");
        return series.stream().anyMatch(line -> wanted.stream().allMatch(line::contains));
    }

    private void makeUp(int number) throws IOException {
        for (int sent = 0; sent < number; sent += PIPELINED) {
            try (RawConnection connection = RawConnection.to(service.port())) {
                StringBuilder requests = new StringBuilder();
                for (int i = 0; i < PIPELINED; i++) {
                    requests.append(request(i));
                }
                connection.send(requests.toString());
                for (int i = 0; i < PIPELINED; i++) {
                    connection.answer(false).orElseThrow();
                }
            }
            // Each ends its connection: too long a header, too long a body, and a client that goes away.
            answered("GET /" + name() + " HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "a".repeat(33_000) + "\r\n\r\n");
            answered("POST /v4/users/" + name() + "/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999\r\n\r\n");
            if (sent % (10 * PIPELINED) == 0) {
                // Hashing is slow.
                String body =
                        "{\"email\":\"" + name() + "@example.com\",\"password_base64\":\"" + Api.base64(name()) + "\"}";
                answered(request("POST", "/v4/auth-tokens/", "Connection: close\r\n", body));
            }
            try (RawConnection connection = RawConnection.to(service.port())) {
                connection.send("POST /" + name() + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{");
            }
        }
    }

    private void answered(String request) throws IOException {
        try (RawConnection connection = RawConnection.to(service.port())) {
            connection.sendWhatIsTaken(request);
            connection.answer(false).orElseThrow();
        }
    }

    private String request(int kind) {
        return switch (kind % 10) {
            case 0, 1 -> request(name().toUpperCase(Locale.ROOT), "/", "", "");
            case 2 -> request("GET", "/" + name() + "/" + name(), "", "");
            case 3 -> request("OPTIONS", "/v4/users/" + name() + "/", "", "");
            case 4 -> request("PUT", "/v4/users/" + name() + "@example.com/", "", "{\"" + name() + "\":1}");
            case 5 -> request("POST", "/v4/auth-tokens/", "", "{\"" + name());
            case 6 -> request("POST", "/" + name(), "Content-Type: " + name() + "/" + name() + "\r\n", name());
            case 7 -> request("GET", "/v4/user/", "Authorization: " + name() + " " + name() + "\r\n", "");
            case 8 ->
                request(name().toUpperCase(Locale.ROOT), "/v4/auth-tokens/verify/" + name() + "?" + name(), "", "");
            default -> request("GET", "/?" + name() + "=" + name(), "Accept: " + name() + "/" + name() + "\r\n", "");
        };
    }

    private String request(String method, String target, String headers, String body) {
        String type = headers.contains("Content-Type") ? "" : "Content-Type: application/json\r\n";
        return method + " " + target + " HTTP/1.1\r\nHost: " + name() + "\r\n" + type + headers + "X-" + name() + ": "
                + name() + "\r\nX-Request-ID: " + name() + "\r\nX-Forwarded-For: 10." + random.nextInt(256) + "."
                + random.nextInt(256) + "." + random.nextInt(256) + "\r\nUser-Agent: " + name()
                + "\r\nX-Giant-Swarm-Activity: " + name() + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private String name() {
        return "m" + Long.toString(random.nextLong() >>> 1, 36);
    }

    /** 0 where it cannot be read. */
    private static long residentKilobytes() throws IOException {
        return OS.LINUX.isCurrentOs() ? service.residentKilobytes() : 0;
    }

    @Test
    void closedConnectionsAreNotKept() throws Exception {
        assumeFalse(ServiceProcess.isNative(), "cannot be asked for its objects");
        for (int i = 0; i < CONNECTIONS; i++) {
            answered(request("GET", "/", "Connection: close\r\n", ""));
        }
        long kept = connections();
        assertTrue(kept < CONNECTIONS / 10, () -> kept + " connections are kept");
    }

    private static long connections() throws IOException, InterruptedException {
        return histogram()
                .lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(columns -> columns.length > 3 && columns[3].matches(".*\\.(Nio|Epoll)SocketChannel"))
                .mapToLong(columns -> Long.parseLong(columns[1]))
                .sum();
    }

    /** Bytes of heap in use after a garbage collection; 0 for the native executable, which cannot be told to collect. */
    private static long liveBytes() throws IOException, InterruptedException {
        if (ServiceProcess.isNative()) {
            return 0;
        }
        String total = histogram()
                .lines()
                .filter(line -> line.startsWith("Total"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(total.split("\\s+")[2]);
    }

    /** Objects that are left after a garbage collection, by class. */
    private static String histogram() throws IOException, InterruptedException {
        Process histogram = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        "-J-Dsun.tools.attach.attachTimeout=" + Await.PATIENCE.toMillis(),
                        String.valueOf(service.id()),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String output = new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, histogram.waitFor(), output);
        return output;
    }
}
