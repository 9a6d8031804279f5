package dev.authtokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.ReverseProxy;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who the service takes its clients for, behind the real nginx and without it. */
class ForwardedForIT {

    private static final String EMAIL = "admin@example.com";
    private static final String PASSWORD = "correct horse battery";
    private static final String SPOOFED = "198.51.100.9";
    private static final String CLIENT = "127.0.0.77";

    /** nginx connects to the service from an address of its own, so that it is told apart from others on this machine. */
    private static final String NGINX_ADDRESS = "127.0.0.99";

    private static final String LOCATION = """
            location / {
                proxy_pass http://127.0.0.1:%d;
                proxy_bind %s;
                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            }
            """;

    private static ServiceProcess service;

    @BeforeAll
    static void start() {
        Map<String, String> environment =
                ServiceProcess.withAdministrator(SharedPostgres.newDatabaseWithSchema(), EMAIL, PASSWORD);
        environment.put("AUTH_TOKENS_HTTP_TRUSTED_PROXIES", NGINX_ADDRESS + "/32");
        service = ServiceProcess.start(ServiceProcess.patient(environment)).awaitReady();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void nginxIsBelievedForWhatItAddsItself() throws Exception {
        try (ReverseProxy nginx = ReverseProxy.nginx(LOCATION.formatted(service.port(), NGINX_ADDRESS))) {
            int port = nginx.port();
            assertEquals(CLIENT, addressOfLogin(CLIENT, port));
            assertEquals(CLIENT, addressOfLogin(CLIENT, port, "X-Forwarded-For: " + SPOOFED));
            assertEquals(CLIENT, addressOfLogin(CLIENT, port, "X-Forwarded-For: " + SPOOFED + ", " + NGINX_ADDRESS));
            assertEquals(CLIENT, addressOfLogin(CLIENT, port, "Forwarded: for=" + SPOOFED));
        }
    }

    @Test
    void nobodyElseIsBelieved() throws Exception {
        assertEquals(CLIENT, addressOfLogin(CLIENT, service.port(), "X-Forwarded-For: " + SPOOFED));
        assertEquals(CLIENT, addressOfLogin(CLIENT, service.port(), "X-Forwarded-For: " + NGINX_ADDRESS));
        assertEquals(CLIENT, addressOfLogin(CLIENT, service.port(), "Forwarded: for=" + SPOOFED));
        Await.until(
                "the log does not name the setting",
                () -> service.output().contains("auth-tokens.http.trusted-proxies"));
    }

    @Test
    void brokenHopsAreNoFailure() throws Exception {
        for (String hop : List.of("", ",", "unknown", "[", "[]:", ":", "::1::2", "192.0.2.256", "\u00e9", "\u0001")) {
            String answer = login(NGINX_ADDRESS, service.port(), "X-Forwarded-For: " + hop);
            assertTrue(answer.matches("(?s)HTTP/1.1 (200|400) .*"), hop + ": " + answer);
        }
    }

    /** By a connection from the given address. */
    private static String addressOfLogin(String client, int port, String... headers) throws IOException {
        String answer = login(client, port, headers);
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        String token = answer.substring(answer.indexOf("\r\n\r\n")).split("\"")[3];
        String sessions = service.get(Api.TOKENS, token).body();
        return sessions.replaceFirst("(?s).*?\"address\":\"([^\"]*)\".*", "$1");
    }

    private static String login(String client, int port, String... headers) throws IOException {
        String body = "{\"email\":\"" + EMAIL + "\",\"password_base64\":\"" + Api.base64(PASSWORD) + "\"}";
        StringBuilder head = new StringBuilder("POST " + Api.TOKENS + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        head.append("Connection: close\r\nContent-Type: application/json\r\nContent-Length: " + body.length())
                .append("\r\n\r\n");
        try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port, InetAddress.getByName(client), 0)) {
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
