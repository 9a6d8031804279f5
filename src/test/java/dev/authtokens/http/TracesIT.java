package dev.authtokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import dev.authtokens.harness.TraceReceiver;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;

/** Traces by the OpenTelemetry agent with the settings of the operations guide, sent to a receiver of OTLP over HTTP. */
@DisabledIf(
        value = "dev.authtokens.harness.ServiceProcess#isNative",
        disabledReason = "A Java agent cannot be attached to a native executable")
class TracesIT {

    private static final String EMAIL = "traced.person@example.com";
    private static final String PASSWORD = "correct horse battery";
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";

    /** What a client writes and the agent copies, whatever it is: the operations guide has a collector delete these. */
    private static final Set<String> OF_CLIENTS = Set.of("url.path", "url.query", "user_agent.original");

    private final HttpClient client = HttpClient.newHttpClient();
    private final String database = SharedPostgres.newDatabase();

    private TraceReceiver receiver;
    private ServiceProcess service;

    @BeforeEach
    void start() throws IOException {
        receiver = new TraceReceiver();
        Map<String, String> environment = ServiceProcess.withAdministrator(database, EMAIL, PASSWORD);
        environment.putAll(documented());
        environment.put("JAVA_TOOL_OPTIONS", "-javaagent:" + System.getProperty("opentelemetry.agent"));
        environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url());
        environment.put("OTEL_BSP_SCHEDULE_DELAY", "100");
        service = ServiceProcess.startWithoutArchive(ServiceProcess.patient(environment))
                .awaitReady();
    }

    @AfterEach
    void stop() {
        service.close();
        receiver.close();
    }

    @Test
    void followsARequestToItsStatementsAndShowsNoSecret() throws Exception {
        String token = ServiceProcess.tokenOf(logIn());
        assertEquals(200, send(traced("/v4/auth-tokens/verify/").header("Authorization", "Bearer " + token)));
        assertEquals(
                200,
                send(traced(Api.TOKENS)
                        .header("Authorization", "giantswarm " + token)
                        .DELETE()));

        Await.until(
                () -> "Received: " + receiver.spans(),
                () -> serverNames().containsAll(Set.of("POST /v4/auth-tokens", "DELETE /v4/auth-tokens"))
                        // The agent sees no route where a check waits for the database.
                        && serverNames().stream().anyMatch(name -> name.matches("GET( /v4/auth-tokens/verify)?"))
                        && statements().stream().anyMatch(sql -> sql.contains("insert into auth_tokens"))
                        && statements().stream().anyMatch(sql -> sql.contains("delete from auth_tokens")));
        for (Span span : ofTheTrace(Span.SpanKind.SPAN_KIND_SERVER)) {
            assertEquals(SPAN, HexFormat.of().formatHex(span.getParentSpanId().toByteArray()));
        }
        for (String statement : statements()) {
            assertFalse(statement.contains("'"), statement);
        }
        for (TraceReceiver.Export export : receiver.exports()) {
            assertEquals("/v1/traces", export.path());
            for (String secret : secrets(token)) {
                assertFalse(export.content().contains(secret), () -> secret + " is in " + export.content());
            }
        }
        assertEquals(
                List.of(TRACE),
                Postgres.query(
                        database, "select distinct trace_id from audit_events where kind in ('LOGIN', 'LOGOUT')"));
        List<String> logged = service.output()
                .lines()
                .filter(line -> line.contains("LOGIN of") || line.contains("LOGOUT of"))
                .toList();
        assertEquals(2, logged.size(), logged.toString());
        logged.forEach(line -> assertTrue(line.contains("\"traceId\":\"" + TRACE + "\""), line));
    }

    /** Addresses in paths, tokens where they do not belong, and what PostgreSQL says of a row that exists. */
    @Test
    void copiesOnlyThreeAttributesFromWhatClientsWrite() throws Exception {
        String token = ServiceProcess.tokenOf(logIn());
        String leaked = ServiceProcess.tokenOf(logIn());
        String user = "/v4/users/" + EMAIL + "/";
        assertEquals(200, send(traced(user).header("Authorization", "Bearer " + token)));
        assertEquals(
                409,
                send(traced(user)
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString(
                                "{\"password\":\"" + Api.base64("another horse battery") + "\"}"))));
        send(traced("/v4/auth-tokens/verify/of/" + EMAIL + "?token=" + leaked)
                .header("Authorization", "Bearer " + token)
                .header("User-Agent", "agent/1 (" + leaked + ")"));
        send(traced("/nowhere/" + leaked + "?access_token=" + leaked));

        Await.until(
                () -> "Received: " + receiver.spans(),
                () -> receiver.spans().stream()
                                        .filter(span -> hasAttribute(span, "url.query"))
                                        .count()
                                == 2
                        && ofTheTrace(Span.SpanKind.SPAN_KIND_SERVER).size() == 6);
        for (Span span : receiver.spans()) {
            Span.Builder kept = span.toBuilder().clearAttributes();
            span.getAttributesList().stream()
                    .filter(attribute -> !OF_CLIENTS.contains(attribute.getKey()))
                    .forEach(kept::addAttributes);
            String content = kept.build().toByteString().toString(StandardCharsets.ISO_8859_1);
            for (String secret : secrets(token)) {
                assertFalse(content.contains(secret), () -> secret + " is in " + span);
            }
            assertFalse(content.contains(leaked), span.toString());
        }
    }

    /** The variables of the guide, as they are written there. */
    private static Map<String, String> documented() throws IOException {
        String guide = Files.readString(Path.of("docs/operations.md"));
        String block = Pattern.compile("<!-- traces -->\n```sh\n(.*?)```", Pattern.DOTALL)
                .matcher(guide)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.joining());
        Map<String, String> variables = Pattern.compile("(?m)^([A-Z_]+)=(.*)$")
                .matcher(block)
                .results()
                .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2)));
        assertTrue(variables.size() > 5, block);
        return variables;
    }

    private List<String> secrets(String token) {
        return List.of(
                token,
                token.substring(4, 40),
                EMAIL,
                PASSWORD,
                Api.base64(PASSWORD),
                Postgres.PASSWORD,
                "giantswarm ",
                "Bearer ",
                "uthorization");
    }

    private List<Span> ofTheTrace(Span.SpanKind kind) {
        ByteString trace = ByteString.copyFrom(HexFormat.of().parseHex(TRACE));
        return receiver.spans().stream()
                .filter(span -> span.getTraceId().equals(trace) && span.getKind() == kind)
                .toList();
    }

    private Set<String> serverNames() {
        return ofTheTrace(Span.SpanKind.SPAN_KIND_SERVER).stream()
                .map(Span::getName)
                .collect(Collectors.toSet());
    }

    private List<String> statements() {
        return ofTheTrace(Span.SpanKind.SPAN_KIND_CLIENT).stream()
                .filter(span -> hasAttribute(span, "db.statement"))
                .map(span -> attribute(span, "db.statement"))
                .toList();
    }

    private static boolean hasAttribute(Span span, String key) {
        return span.getAttributesList().stream()
                .anyMatch(attribute -> attribute.getKey().equals(key));
    }

    private static String attribute(Span span, String key) {
        return span.getAttributesList().stream()
                .filter(attribute -> attribute.getKey().equals(key))
                .map(KeyValue::getValue)
                .map(value -> value.getStringValue())
                .findFirst()
                .orElseThrow(() -> new AssertionError("No " + key + " in " + span));
    }

    private HttpResponse<String> logIn() throws IOException, InterruptedException {
        String body = "{\"email\":\"" + EMAIL + "\",\"password_base64\":\"" + Api.base64(PASSWORD) + "\"}";
        return client.send(
                traced(Api.TOKENS)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** As the next part of a trace that its caller samples. */
    private HttpRequest.Builder traced(String path) {
        return HttpRequest.newBuilder(service.uri(path))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Await.PATIENCE)
                .header("traceparent", "00-" + TRACE + "-" + SPAN + "-01");
    }

    private int send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
