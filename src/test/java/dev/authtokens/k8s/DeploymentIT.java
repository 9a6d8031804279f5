package dev.authtokens.k8s;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.Certificate;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged service with the environment and the rights that the manifests give it. */
@Tag("any-runtime")
class DeploymentIT {

    private static final String EMAIL = "admin@example.com";
    private static final String PASSWORD = "correct horse battery";
    private static final String TLS_FOLDER = "/etc/auth-tokens/tls/";

    /** What may stand in an expression of an alert beside metrics and labels; "up" is Prometheus' own. */
    private static final Set<String> PROMQL = Set.of(
            "abs",
            "absent",
            "and",
            "by",
            "changes",
            "group",
            "histogram_quantile",
            "increase",
            "le",
            "max",
            "namespace",
            "on",
            "or",
            "present_over_time",
            "rate",
            "sum",
            "unless",
            "up");

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/evaluation", "overlays/knative"})
    void runsInsideItsLimitsAndAnswersItsProbes(String start) throws IOException {
        JsonNode pod = Rendering.of(start).service().pod();
        // The limits of the base are those of all; Knative has the user at the container.
        JsonNode limits = Rendering.of("base").service().pod();
        Sandbox sandbox = new Sandbox();
        try (ServiceProcess service = ServiceProcess.start(
                        environment(Rendering.of(start)), command -> sandbox.wrap(command, limits))
                .awaitReady()) {
            assertAnswersProbes(service, pod);
            String token = service.token(EMAIL, PASSWORD);
            for (int i = 0; i < 10; i++) {
                assertEquals(200, service.get(Api.USER, token).statusCode());
                service.token(EMAIL, PASSWORD);
            }
            Map<String, String> status = status(service.id());
            assertTrue(status.get("Uid").startsWith("1001\t1001"), status.get("Uid"));
            assertEquals("0000000000000000", status.get("CapEff"));
            long peak = Long.parseLong(status.get("VmHWM").replace(" kB", "").trim()) * 1024;
            // What is requested is for the executable; a JVM takes more.
            String bound = ServiceProcess.isNative() ? "requests" : "limits";
            assertTrue(
                    peak < Sandbox.memory(limits.at("/containers/0/resources/" + bound + "/memory")), "Peak: " + peak);

            Instant begun = Instant.now();
            int code = service.stop();
            assertTrue(Set.of(0, 143).contains(code), "Exit code " + code);
            int grace = limits.path("terminationGracePeriodSeconds").asInt();
            assertTrue(Duration.between(begun, Instant.now()).toSeconds() < grace);
            assertEquals("", service.errors());
            Sandbox.leave(service.id());
        }
    }

    @Test
    void withTheComponentTlsNothingOfTheApiIsPlain(@TempDir Path folder)
            throws IOException, InterruptedException, GeneralSecurityException {
        Rendering rendering = Rendering.of("base", "tls");
        SSLContext trust = Certificate.in(folder).trusting();
        try (ServiceProcess service = startTls(environment(rendering), folder)) {
            service.awaitReadyByProbe();
            assertAnswersProbes(service, rendering.service().pod());
            URI ping = URI.create("https://localhost:" + service.port() + "/");
            HttpClient client = HttpClient.newBuilder().sslContext(trust).build();
            HttpRequest request = HttpRequest.newBuilder(ping).build();
            // The port of the API may open a moment after that of the probes.
            Await.until("The port of the API does not open", () -> answers(client, request));
            assertThrows(UncheckedIOException.class, () -> service.get("/", null));
            assertEquals("", plainAnswer(service.port()));
        }
    }

    private static boolean answers(HttpClient client, HttpRequest request) throws IOException, InterruptedException {
        try {
            assertEquals(
                    200,
                    client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
            return true;
        } catch (ConnectException notYet) {
            return false;
        }
    }

    @Test
    void everyMetricOfAnAlertIsExposed() {
        Rendering rendering = Rendering.of("base", "monitoring");
        String path = rendering
                .ofKind("PodMonitor")
                .get(0)
                .at("/spec/podMetricsEndpoints/0/path")
                .asText();
        try (ServiceProcess service =
                ServiceProcess.start(environment(rendering)).awaitReady()) {
            String token = service.token(EMAIL, PASSWORD);
            assertEquals(200, service.get(Api.USER, token).statusCode());
            assertEquals(401, service.login(EMAIL, "wrong").statusCode());
            // A request is counted when its answer has been sent, which may have arrived before.
            Await.until(
                    "the requests are not counted",
                    () -> service.manage(path)
                            .body()
                            .lines()
                            .anyMatch(line -> line.startsWith("http_server_requests_seconds_count")
                                    && line.contains("status=\"401\"")));
            List<String> exposed = service.manage(path).body().lines().toList();
            Rendering.list(rendering.ofKind("PrometheusRule").get(0).at("/spec/groups"))
                    .flatMap(group -> Rendering.list(group.path("rules")))
                    .map(rule -> rule.path("expr").asText())
                    .forEach(expression -> assertExposed(expression, exposed));
        }
    }

    /** The names of metrics, the names of labels, and the paths and methods. */
    private static void assertExposed(String expression, List<String> exposed) {
        Matcher selectors = Pattern.compile("([a-z_]+)\\{([^}]*)}").matcher(expression);
        while (selectors.find()) {
            String metric = selectors.group(1);
            if (PROMQL.contains(metric)) {
                continue;
            }
            List<String> series = exposed.stream()
                    .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
                    .toList();
            assertTrue(!series.isEmpty(), "There is no metric " + metric);
            Matcher labels = Pattern.compile("([a-z_]+)=(\"[^\"]*\")").matcher(selectors.group(2));
            while (labels.find()) {
                // What is made by Prometheus itself, and what no request of this test leads to.
                String label = labels.group(1);
                if (!label.equals("job")) {
                    boolean any = Set.of("\"429\"", "\"SERVER_ERROR\"").contains(labels.group(2));
                    String wanted = label + "=" + (any ? "" : labels.group(2));
                    assertTrue(series.stream().anyMatch(line -> line.contains(wanted)), metric + " without " + wanted);
                }
            }
        }
        String rest = expression.replaceAll("\\{[^}]*}", "{}").replaceAll("\\[[^]]*]", "");
        Matcher names = Pattern.compile("[a-z_]+(?!\\{)\\b(?!\\{)").matcher(rest);
        while (names.find()) {
            assertTrue(PROMQL.contains(names.group()), "Unknown in an expression: " + names.group());
        }
    }

    private static void assertAnswersProbes(ServiceProcess service, JsonNode pod) {
        JsonNode container = pod.at("/containers/0");
        Map<String, Boolean> asked = new HashMap<>();
        for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
            JsonNode http = container.path(probe).path("httpGet");
            if (http.isObject()) {
                String port = http.path("port").asText();
                assertTrue(Set.of("management", "9000", "8000").contains(port), probe);
                assertEquals("HTTP", http.path("scheme").asText("HTTP"), probe);
                asked.put(http.path("path").asText(), port.equals("8000"));
            }
        }
        assertTrue(asked.size() >= 2, asked.toString());
        asked.forEach((path, api) ->
                assertEquals(200, (api ? service.get(path, null) : service.manage(path)).statusCode(), path));
    }

    /** That of the container; the database and the secrets are those of the test. */
    private static Map<String, String> environment(Rendering rendering) {
        Map<String, String> secrets = Map.of(
                "AUTH_TOKENS_BOOTSTRAP_EMAIL",
                EMAIL,
                "AUTH_TOKENS_BOOTSTRAP_PASSWORD",
                PASSWORD,
                "AUTH_TOKENS_PASSWORD_PEPPER",
                "pepper-of-the-tests",
                "AUTH_TOKENS_PASSWORD_PREVIOUS_PEPPERS",
                "former-pepper-of-the-tests");
        Map<String, String> environment = new HashMap<>(rendering.environment());
        environment.replaceAll((name, value) -> secrets.getOrDefault(name, value));
        environment.putAll(ServiceProcess.database(SharedPostgres.newDatabaseWithSchema()));
        environment.values().forEach(value -> assertTrue(!value.startsWith("secret "), value));
        return environment;
    }

    private static ServiceProcess startTls(Map<String, String> environment, Path folder) {
        environment.replaceAll((name, value) -> value.startsWith(TLS_FOLDER)
                ? folder.resolve(value.substring(TLS_FOLDER.length())).toString()
                : value);
        assertEquals("8000", environment.remove("QUARKUS_HTTP_SSL_PORT"));
        // The port of the process is a free one, and both are one, as in the container.
        return ServiceProcess.start(environment, command -> {
            List<String> line = new ArrayList<>(
                    List.of("sh", "-c", "export QUARKUS_HTTP_SSL_PORT=$QUARKUS_HTTP_PORT; exec \"$@\"", "sh"));
            line.addAll(command);
            return line;
        });
    }

    /** What a plain request gets back: nothing that can be read as HTTP. */
    private static String plainAnswer(int port) throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout((int) Await.PATIENCE.toMillis());
            OutputStream out = socket.getOutputStream();
            out.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            return answer.contains("HTTP/") ? answer : "";
        } catch (SocketException e) {
            return "";
        }
    }

    private static Map<String, String> status(long process) throws IOException {
        Map<String, String> status = new HashMap<>();
        for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(process), "status"))) {
            String[] parts = line.split(":", 2);
            status.put(parts[0], parts[1].trim());
        }
        return status;
    }
}
