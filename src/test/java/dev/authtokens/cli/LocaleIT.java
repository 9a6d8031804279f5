package dev.authtokens.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Api;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The packaged service where people write I and i otherwise, with digits of their own, far from UTC. */
class LocaleIT {

    private static final String PASSWORD = "correct horse battery";

    private static ServiceProcess service;
    private static String token;

    @BeforeAll
    static void start() {
        Map<String, String> environment = ServiceProcess.patient(
                ServiceProcess.withAdministrator(SharedPostgres.newDatabaseWithSchema(), "INIT@EXAMPLE.COM", PASSWORD));
        environment.put("TZ", "Asia/Kathmandu");
        service = ServiceProcess.start(
                        environment,
                        command -> Stream.of(
                                        command.subList(0, 1),
                                        List.of(
                                                "-Duser.language=tr",
                                                "-Duser.country=TR",
                                                "-Duser.extensions=u-nu-arabext"),
                                        command.subList(1, command.size()))
                                .flatMap(List::stream)
                                .toList())
                .awaitReady();
        token = service.token("init@example.com", PASSWORD);
    }

    @AfterAll
    static void stop() {
        if (service != null) {
            service.close();
        }
    }

    @Test
    void theLogHasItsTimesInUtc() {
        assertTrue(
                service.output().lines().allMatch(line -> line.matches("\\{\"timestamp\":\"[^\"]+Z\".*")),
                service.output());
    }

    @Test
    void addressesAndSchemesAreTheSameInAnyCase() throws Exception {
        token = service.token("Init@Example.com", PASSWORD);
        assertEquals(200, send("GET", Api.USER, "GIANTSWARM " + token, null).statusCode());
    }

    @Test
    void rolesAndKindsAreReadAndWrittenAsElsewhere() throws Exception {
        String user = "/v4/users/second@example.com/";
        String body = "{\"password\":\"" + Api.base64(PASSWORD)
                + "\",\"role\":\"admin\",\"expiry\":\"2100-01-01T00:00:00Z\"}";
        assertEquals(201, send("PUT", user, "giantswarm " + token, body).statusCode());
        String view = service.get(user, token).body();
        assertTrue(view.contains("\"role\":\"admin\"") && view.contains("\"expiry\":\"2100-01-01T00:00:00Z\""), view);
        HttpResponse<String> events = service.get("/v4/audit-events/?kind=LOGIN", token);
        assertTrue(events.body().contains("init@example.com"), events.body());
    }

    private static HttpResponse<String> send(String method, String path, String authorization, String body)
            throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(service.uri(path))
                                .header("Authorization", authorization)
                                .header("Content-Type", "application/json")
                                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
