package dev.authtokens.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import dev.authtokens.Api;
import dev.authtokens.Postgres;
import dev.authtokens.ServiceProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example of the README in the real nginx, in front of a service that knows nothing of tokens. */
class ForwardAuthIT {

    private static final String NGINX = "/usr/sbin/nginx";
    private static final String EMAIL = "admin@example.com";
    private static final String PASSWORD = "correct horse battery";
    private static final Pattern EXAMPLE = Pattern.compile("```nginx\n(.*?)```", Pattern.DOTALL);

    private static final String CONFIG = """
            daemon off;
            master_process off;
            pid %1$s/pid;
            error_log stderr;
            events {}
            http {
                access_log off;
                client_body_temp_path %1$s/body;
                proxy_temp_path %1$s/proxy;
                server {
                    listen 127.0.0.1:%2$d;
                    %3$s
                }
            }
            """;

    private final AtomicReference<Headers> received = new AtomicReference<>();

    @Test
    void nginxLetsThroughWhoHasATokenAndSaysWhoThatIs() throws Exception {
        assumeTrue(Files.isExecutable(Path.of(NGINX)), "nginx is not installed");
        HttpServer protectedService = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        protectedService.createContext("/", exchange -> {
            received.set(exchange.getRequestHeaders());
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        protectedService.start();
        try (Postgres postgres = Postgres.start();
                ServiceProcess service =
                        ServiceProcess.start(environment(postgres)).awaitReady()) {
            String token = service.token(EMAIL, PASSWORD);
            int port = ServiceProcess.freePort();
            Process nginx =
                    nginx(port, service.port(), protectedService.getAddress().getPort());
            try {
                assertEquals(401, get(port, null));
                assertEquals(401, get(port, "gsa_nonsense"));
                assertNull(received.get(), "a request without a token came through");

                assertEquals(204, get(port, token));
                assertEquals(EMAIL, received.get().getFirst("X-Auth-Request-Email"));
                assertEquals("1", received.get().getFirst("X-Auth-Request-User"));
                assertNull(received.get().getFirst("X-Auth-Request-Role"), "the client's own header came through");

                received.set(null);
                HttpRequest logout = HttpRequest.newBuilder(service.uri(Api.TOKENS))
                        .header("Authorization", "giantswarm " + token)
                        .DELETE()
                        .build();
                HttpClient.newHttpClient().send(logout, HttpResponse.BodyHandlers.discarding());
                assertEquals(401, get(port, token));
                assertNull(received.get());
            } finally {
                nginx.destroy();
            }
        } finally {
            protectedService.stop(0);
        }
    }

    private static Map<String, String> environment(Postgres postgres) {
        Map<String, String> environment = new HashMap<>(ServiceProcess.database(postgres.url()));
        environment.put("AUTH_TOKENS_BOOTSTRAP_EMAIL", EMAIL);
        environment.put("AUTH_TOKENS_BOOTSTRAP_PASSWORD", PASSWORD);
        return environment;
    }

    private static Process nginx(int port, int service, int protectedService) throws Exception {
        Matcher example = EXAMPLE.matcher(Files.readString(Path.of("README.md")));
        assertTrue(example.find(), "the README has no example for nginx");
        String locations = example.group(1)
                .replace("auth-tokens:8000", "127.0.0.1:" + service)
                .replace("protected.example.com", "127.0.0.1:" + protectedService);
        Path folder = Files.createTempDirectory("nginx");
        Path config = Files.writeString(folder.resolve("nginx.conf"), CONFIG.formatted(folder, port, locations));
        Process nginx = new ProcessBuilder(NGINX, "-c", config.toString(), "-p", folder.toString())
                .inheritIO()
                .start();
        while (!accepts(port)) {
            assertTrue(nginx.isAlive(), "nginx does not start");
            Thread.sleep(50);
        }
        return nginx;
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The status; the client pretends to be somebody. */
    private static int get(int port, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/some/page"))
                .version(HttpClient.Version.HTTP_1_1)
                .header("X-Auth-Request-User", "4711")
                .header("X-Auth-Request-Email", "somebody@example.com")
                .header("X-Auth-Request-Role", "admin");
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
