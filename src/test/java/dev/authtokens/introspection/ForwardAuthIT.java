package dev.authtokens.introspection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.ReverseProxy;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The documented examples in the real nginx and HAProxy, in front of a service that knows nothing of tokens. */
class ForwardAuthIT {

    private static final String EMAIL = "admin@example.com";
    private static final String PASSWORD = "correct horse battery";

    private static final String HAPROXY_CONFIG = """
            global
                lua-load %1$s
            defaults
                mode http
                timeout client 10s
                timeout connect 10s
                timeout server 10s
            frontend http
                bind 127.0.0.1:%2$d
            %3$s
                default_backend protected
            backend protected
                server protected 127.0.0.1:%4$d
            """;

    /** Starts a proxy in front of the service that it asks and of the one that it protects. */
    private interface Starter {
        ReverseProxy start(int service, int protectedService) throws IOException;
    }

    private final AtomicReference<Headers> received = new AtomicReference<>();

    @Test
    void nginxLetsThroughWhoHasATokenAndSaysWhoThatIs() throws Exception {
        letsThroughWhoHasATokenAndSaysWhoThatIs(ForwardAuthIT::nginx);
    }

    @Test
    void haproxyLetsThroughWhoHasATokenAndSaysWhoThatIs() throws Exception {
        letsThroughWhoHasATokenAndSaysWhoThatIs(ForwardAuthIT::haproxy);
    }

    private void letsThroughWhoHasATokenAndSaysWhoThatIs(Starter starter) throws Exception {
        HttpServer protectedService = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        protectedService.createContext("/", exchange -> {
            received.set(exchange.getRequestHeaders());
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        protectedService.start();
        try (ServiceProcess service = ServiceProcess.start(
                        ServiceProcess.withAdministrator(SharedPostgres.newDatabase(), EMAIL, PASSWORD))
                .awaitReady()) {
            String token = service.token(EMAIL, PASSWORD);
            try (ReverseProxy proxy =
                    starter.start(service.port(), protectedService.getAddress().getPort())) {
                int port = proxy.port();
                assertEquals(401, get(port, null));
                assertEquals(401, get(port, "gsa_nonsense"));
                assertNull(received.get(), "a request without a token came through");

                assertEquals(204, get(port, token));
                assertEquals("1", received.get().getFirst("X-Auth-Request-User"));
                assertEquals(EMAIL, received.get().getFirst("X-Auth-Request-Email"));
                assertNull(received.get().getFirst("X-Auth-Request-Role"), "the client's own header came through");
                // CGI, WSGI and their like take both signs for the same.
                assertEquals(
                        List.of(),
                        received.get().keySet().stream()
                                .filter(name -> name.matches("(?i)x[-_]auth[-_]request[-_].*"))
                                .filter(name -> name.contains("_"))
                                .toList(),
                        "the client's own header came through");

                received.set(null);
                HttpRequest logout = HttpRequest.newBuilder(service.uri(Api.TOKENS))
                        .header("Authorization", "giantswarm " + token)
                        .DELETE()
                        .build();
                HttpClient.newHttpClient().send(logout, HttpResponse.BodyHandlers.discarding());
                assertEquals(401, get(port, token));
                assertNull(received.get());
            }
        } finally {
            protectedService.stop(0);
        }
    }

    private static ReverseProxy nginx(int service, int protectedService) throws IOException {
        return ReverseProxy.nginx(
                example("nginx", service).replace("protected.example.com", "127.0.0.1:" + protectedService));
    }

    private static ReverseProxy haproxy(int service, int protectedService) throws IOException {
        Path script = Files.writeString(Files.createTempFile("verify", ".lua"), example("lua", service));
        String example = example("haproxy", service);
        return ReverseProxy.haproxy(port -> HAPROXY_CONFIG.formatted(script, port, example, protectedService));
    }

    private static String example(String language, int service) throws IOException {
        Matcher example = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("README.md")) + Files.readString(Path.of("docs/forward-auth.md")));
        assertTrue(example.find(), "there is no example in the language of " + language);
        return example.group(1).replace("auth-tokens:8000", "127.0.0.1:" + service);
    }

    /** The status; the client pretends to be somebody. */
    private static int get(int port, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/some/page"))
                .version(HttpClient.Version.HTTP_1_1)
                .header("X-Auth-Request-User", "4711")
                .header("X-Auth-Request-Email", "somebody@example.com")
                .header("X-Auth-Request-Role", "admin")
                .header("X_Auth_Request_User", "4711")
                .header("X_AUTH_REQUEST_EMAIL", "somebody@example.com")
                .header("x-auth_request-Email", "somebody@example.com")
                .header("X_Auth-Request_Role", "admin");
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
