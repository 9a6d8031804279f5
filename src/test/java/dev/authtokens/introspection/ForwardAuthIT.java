package dev.authtokens.introspection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.CuttableProxy;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.RawConnection;
import dev.authtokens.harness.RawConnection.Answer;
import dev.authtokens.harness.ReverseProxy;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import dev.authtokens.harness.Temporary;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The documented examples in the real proxies, in front of a service that knows nothing of tokens. */
class ForwardAuthIT {

    private static final String EMAIL = "admin@example.com";
    private static final String PASSWORD = "correct horse battery";

    private static final String SPOOFED = "X-Auth-Request-User: 4711\r\nX-Auth-Request-Email: somebody@example.com\r\n"
            + "X-Auth-Request-Role: service\r\nX_Auth_Request_User: 4711\r\nX_AUTH_REQUEST_EMAIL: somebody@example.com\r\n"
            + "x-auth_request-Email: somebody@example.com\r\nX_Auth-Request_Role: service\r\nx-auth-request_other: x\r\n";

    private static final String COOKIES = "Cookie: session=" + "c".repeat(12 * 1024) + "\r\n";

    private static final String PREFLIGHT =
            "Origin: https://app.example.org\r\nAccess-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers:"
                    + " authorization\r\n";

    private static final String UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    private static final String HAPROXY_CONFIG = """
            global
                lua-load %1$s
            defaults
                mode http
                timeout client 3m
                timeout connect 3m
                timeout server 3m
            frontend http
                bind 127.0.0.1:%2$d
            %3$s
                default_backend protected
            backend protected
                server protected 127.0.0.1:%4$d
            """;

    /** A request as it arrives at the protected service. */
    private record Received(String method, Map<String, List<String>> headers, String body) {

        /** Also in the spellings that CGI, WSGI and their like take for the same. */
        Map<String, List<String>> identity() {
            Map<String, List<String>> identity = new TreeMap<>(headers);
            identity.keySet().removeIf(name -> !name.matches("(?i)x[-_]auth[-_]request[-_].*"));
            return identity;
        }
    }

    /** The examples of the documentation, each in its proxy. */
    private enum Example {
        NGINX {
            @Override
            ReverseProxy start(UnaryOperator<String> change, int protectedService) throws IOException {
                return ReverseProxy.nginx(change.apply(example("nginx", "nginx"))
                        .replace("protected.example.com", "127.0.0.1:" + protectedService));
            }
        },
        HAPROXY {
            @Override
            ReverseProxy start(UnaryOperator<String> change, int protectedService) throws IOException {
                Path script =
                        Files.writeString(Temporary.file("verify", ".lua"), change.apply(example("HAProxy", "lua")));
                String example = change.apply(example("HAProxy", "haproxy"));
                return ReverseProxy.haproxy(port -> HAPROXY_CONFIG.formatted(script, port, example, protectedService));
            }
        },
        CADDY {
            @Override
            ReverseProxy start(UnaryOperator<String> change, int protectedService) throws IOException {
                String example = change.apply(example("Caddy", "caddyfile"))
                        .replace("protected.example.com", "127.0.0.1:" + protectedService);
                return ReverseProxy.caddy(port -> example.replace("app.example.com", "http://127.0.0.1:" + port));
            }
        },
        APACHE {
            @Override
            ReverseProxy start(UnaryOperator<String> change, int protectedService) throws IOException {
                Path script =
                        Files.writeString(Temporary.file("verify", ".lua"), change.apply(example("Apache", "lua")));
                String example = example("Apache", "apache")
                        .replace("protected.example.com", "127.0.0.1:" + protectedService)
                        .replace("/etc/apache2/verify.lua", script.toString());
                return ReverseProxy.apache(port -> example.replace("*:80", "127.0.0.1:" + port));
            }
        };

        abstract ReverseProxy start(UnaryOperator<String> change, int protectedService) throws IOException;

        private static String example(String section, String language) throws IOException {
            String document = Files.readString(Path.of("docs/forward-auth.md"));
            Matcher example = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                    .matcher(document);
            assertTrue(example.find(document.indexOf("### " + section + "\n")), "there is no example for " + section);
            return example.group(1);
        }
    }

    private static final AtomicReference<Received> RECEIVED = new AtomicReference<>();

    private static HttpServer protectedService;
    private static CuttableProxy database;
    private static ServiceProcess service;
    private static String token;

    @BeforeAll
    static void start() throws IOException {
        protectedService = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        protectedService.createContext("/", exchange -> {
            RECEIVED.set(new Received(
                    exchange.getRequestMethod(),
                    Map.copyOf(exchange.getRequestHeaders()),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        protectedService.start();
        String url = SharedPostgres.newDatabaseWithSchema();
        database = new CuttableProxy(Postgres.port(url));
        service = ServiceProcess.start(ServiceProcess.patient(
                        ServiceProcess.withAdministrator(Postgres.withPort(url, database.port()), EMAIL, PASSWORD)))
                .awaitReady();
        token = service.token(EMAIL, PASSWORD);
    }

    @AfterAll
    static void stop() throws IOException {
        service.close();
        database.close();
        protectedService.stop(0);
    }

    @BeforeEach
    void forget() {
        RECEIVED.set(null);
    }

    @ParameterizedTest
    @EnumSource
    void letsThroughWhoHasATokenAndSaysWhoThatIs(Example example) throws Exception {
        try (ReverseProxy proxy = start(example)) {
            for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")) {
                String body = method.startsWith("P") ? "{\"a\":1}" : "";
                for (String authorization : List.of("", authorization("gsa_nonsense"))) {
                    Answer refused = send(proxy, method, authorization, body);
                    assertEquals(401, refused.status(), refused.toString());
                    assertTrue(refused.value("WWW-Authenticate").isPresent(), refused.toString());
                    assertNull(RECEIVED.get(), "a request without a token came through");
                }
                assertEquals(
                        204, send(proxy, method, authorization(token), body).status(), method);
                Received received = RECEIVED.getAndSet(null);
                assertEquals(method, received.method());
                assertEquals(body, received.body());
                isNamed(received);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void letsWebSocketsThrough(Example example) throws Exception {
        try (ReverseProxy proxy = start(example)) {
            assertEquals(401, send(proxy, "GET", UPGRADE, "").status());
            assertNull(RECEIVED.get());
            assertEquals(
                    204, send(proxy, "GET", UPGRADE + authorization(token), "").status());
            isNamed(RECEIVED.get());
            assertEquals(List.of("websocket"), RECEIVED.get().headers().get("Upgrade"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void letsPreflightsThroughWithoutAnIdentity(Example example) throws Exception {
        try (ReverseProxy proxy = start(example)) {
            assertEquals(204, send(proxy, "OPTIONS", PREFLIGHT, "").status());
            Map<String, List<String>> identity = RECEIVED.getAndSet(null).identity();
            assertEquals(Map.of(), identity, "the client's own headers came through");
            // Only OPTIONS is a preflight.
            assertEquals(401, send(proxy, "GET", PREFLIGHT, "").status());
            assertNull(RECEIVED.get());
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhoHasLoggedOut(Example example) throws Exception {
        try (ReverseProxy proxy = start(example)) {
            String other = service.token(EMAIL, PASSWORD);
            assertEquals(204, send(proxy, "GET", authorization(other), "").status());
            HttpRequest logout = HttpRequest.newBuilder(service.uri(Api.TOKENS))
                    .header("Authorization", "giantswarm " + other)
                    .DELETE()
                    .build();
            HttpClient.newHttpClient().send(logout, HttpResponse.BodyHandlers.discarding());
            assertEquals(401, send(proxy, "GET", authorization(other), "").status());
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhoDoesNotHaveTheRole(Example example) throws Exception {
        UnaryOperator<String> change = text -> atService(text)
                .replaceAll("/v4/auth-tokens/verify/\\??", "/v4/auth-tokens/verify/?role=service&role=user");
        try (ReverseProxy proxy =
                example.start(change, protectedService.getAddress().getPort())) {
            assertEquals(403, send(proxy, "GET", authorization(token), "").status());
            assertNull(RECEIVED.get());
            assertEquals(401, send(proxy, "GET", "", "").status());
        }
    }

    @Test
    void answers503WhileTheDatabaseIsGone() throws Exception {
        List<ReverseProxy> proxies = new ArrayList<>();
        try {
            for (Example example : Example.values()) {
                proxies.add(start(example));
            }
            database.be(CuttableProxy.Way.CLOSED);
            Await.until(
                    "the cache is still trusted",
                    () -> service.get("/v4/auth-tokens/verify/", token).statusCode() == 503);
            for (ReverseProxy proxy : proxies) {
                isUnavailable(proxy);
            }
        } finally {
            database.be(CuttableProxy.Way.OPEN);
            proxies.forEach(ReverseProxy::close);
        }
        Await.until(
                "not serving again",
                () -> service.get("/v4/auth-tokens/verify/", token).statusCode() == 200);
    }

    @ParameterizedTest
    @EnumSource
    void answers503WhileTheServiceIsGone(Example example) throws Exception {
        int nobody = ServiceProcess.freePort();
        try (ReverseProxy proxy = example.start(
                text -> text.replace("auth-tokens:8000", "127.0.0.1:" + nobody),
                protectedService.getAddress().getPort())) {
            isUnavailable(proxy);
        }
    }

    private static void isUnavailable(ReverseProxy proxy) throws IOException {
        Answer answer = send(proxy, "GET", authorization(token), "");
        assertEquals(503, answer.status(), answer.toString());
        assertEquals("1", answer.value("Retry-After").orElse("none"), answer.toString());
        assertNull(RECEIVED.get());
    }

    private static void isNamed(Received received) {
        String id = service.get(Api.TOKENS + "verify/", token)
                .headers()
                .firstValue("X-Auth-Request-User")
                .orElseThrow();
        assertEquals(
                Map.of("X-auth-request-user", List.of(id), "X-auth-request-email", List.of(EMAIL)),
                received.identity());
    }

    private static ReverseProxy start(Example example) throws IOException {
        return example.start(
                ForwardAuthIT::atService, protectedService.getAddress().getPort());
    }

    private static String atService(String text) {
        return text.replace("auth-tokens:8000", "127.0.0.1:" + service.port());
    }

    private static String authorization(String bearer) {
        return "Authorization: Bearer " + bearer + "\r\n";
    }

    /** The client pretends to be somebody, and the application has a parameter of its own that is called role. */
    private static Answer send(ReverseProxy proxy, String method, String headers, String body) throws IOException {
        try (RawConnection connection = RawConnection.to(proxy.port())) {
            connection.send(
                    method + " /some/page?role=editor&q=50%25 HTTP/1.1\r\nHost: 127.0.0.1:" + proxy.port() + "\r\n"
                            + "Accept: text/event-stream\r\n" + SPOOFED + COOKIES + headers
                            + (body.isEmpty()
                                    ? ""
                                    : "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n")
                            + "\r\n" + body);
            return connection.answer(method.equals("HEAD")).orElseThrow();
        }
    }
}
