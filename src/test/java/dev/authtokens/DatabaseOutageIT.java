package dev.authtokens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseOutageIT {

    private static final String EMAIL = "admin@example.com";
    private static final String PASSWORD = "correct horse battery";

    @TempDir
    Path folder;

    @Test
    void answersNotYetAvailableUntilTheDatabaseIsBack() throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        Postgres first = Postgres.start(data, 0);
        int port = first.port();
        Map<String, String> environment = ServiceProcess.withAdministrator(first.url(), EMAIL, PASSWORD);
        try (ServiceProcess service = ServiceProcess.start(environment).awaitReady()) {
            String token = service.token(EMAIL, PASSWORD);
            assertEquals(200, service.get(Api.USER, token).statusCode());

            first.close();
            for (int i = 0; i < 2; i++) {
                isNotYetAvailable(service.get(Api.USER, token));
                isNotYetAvailable(service.login(EMAIL, PASSWORD));
            }
            assertEquals(200, service.get("/", null).statusCode());

            try (Postgres second = Postgres.start(data, port)) {
                Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
                while (service.get(Api.USER, token).statusCode() != 200) {
                    assertTrue(Instant.now().isBefore(deadline), "not serving again");
                }
                for (int i = 0; i < 50; i++) {
                    assertEquals(200, service.get(Api.USER, token).statusCode());
                }
                assertEquals(200, service.login(EMAIL, PASSWORD).statusCode());
            }
        }
    }

    private static void isNotYetAvailable(HttpResponse<String> answer) {
        assertEquals(503, answer.statusCode(), answer.body());
        assertEquals(
                "application/json", answer.headers().firstValue("Content-Type").orElseThrow());
        assertTrue(answer.headers().firstValue("Retry-After").isPresent());
        assertTrue(answer.body().contains("\"NOT_YET_AVAILABLE\""), answer.body());
    }
}
