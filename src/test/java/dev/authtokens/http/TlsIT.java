package dev.authtokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Certificate;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceProcess;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS by the service itself, with the settings of the component {@code tls}. */
@Tag("processes")
class TlsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private int port;

    @Test
    void servesHttpsAloneAndFollowsTheFilesOfItsCertificate() throws Exception {
        BigInteger first = makeCertificate();
        try (Postgres postgres = Postgres.start();
                ServiceProcess service = ServiceProcess.start(environment(postgres.url()))) {
            awaitSecure(service);
            try (SSLSocket kept = connect()) {
                assertEquals(first, serialNumber(kept));
                String answer = get(kept, "/");
                assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
                assertTrue(
                        answer.toLowerCase().contains("\r\nstrict-transport-security: max-age=31536000\r\n"), answer);
                assertFalse(isHttp(port));
                assertEquals(
                        200,
                        HttpClient.newHttpClient()
                                .send(
                                        HttpRequest.newBuilder(service.managementUri("/q/health/ready"))
                                                .build(),
                                        HttpResponse.BodyHandlers.discarding())
                                .statusCode());

                BigInteger second = makeCertificate();
                Instant deadline = Instant.now().plus(PATIENCE);
                BigInteger served = first;
                while (!served.equals(second)) {
                    assertTrue(Instant.now().isBefore(deadline), "The new certificate is not served");
                    try (SSLSocket fresh = connect()) {
                        served = serialNumber(fresh);
                    } catch (SSLHandshakeException e) {
                        // Vert.x 4.5 drops who connects in the very moment of the change:
                        // TCPServerBase.updateSSLOptions.
                        Thread.sleep(10);
                    }
                }
                answer = get(kept, "/v4/info/");
                assertTrue(answer.startsWith("HTTP/1.1 401 "), answer);
            }
        }
    }

    /** The lowest version of this TLS is 1.2: what a client of 1.1 says first is answered by "protocol version". */
    @Test
    void refusesOldVersions() throws Exception {
        makeCertificate();
        try (Postgres postgres = Postgres.start();
                ServiceProcess service = ServiceProcess.start(environment(postgres.url()))) {
            awaitSecure(service);
            assertEquals("TLSv1.2", handshake("TLSv1.2"));
            assertEquals("TLSv1.3", handshake("TLSv1.3"));
            String hello = "160301002f" + "0100002b" + "0302" + "ab".repeat(32) + "00" + "0004002fc013" + "0100";
            byte[] answer = plain(port, new String(HexFormat.of().parseHex(hello), StandardCharsets.ISO_8859_1));
            assertEquals("1503", HexFormat.of().formatHex(answer, 0, 2));
            assertEquals("0246", HexFormat.of().formatHex(answer, 5, 7));
        }
    }

    private Map<String, String> environment(String database) throws IOException {
        port = ServiceProcess.freePort();
        Map<String, String> environment = new HashMap<>(ServiceProcess.database(database));
        environment.put("QUARKUS_HTTP_TLS_CONFIGURATION_NAME", "api");
        environment.put(
                "QUARKUS_TLS__API__KEY_STORE_PEM__0__CERT",
                folder.resolve("current/tls.crt").toString());
        environment.put(
                "QUARKUS_TLS__API__KEY_STORE_PEM__0__KEY",
                folder.resolve("current/tls.key").toString());
        environment.put("QUARKUS_TLS__API__RELOAD_PERIOD", "1s");
        environment.put("QUARKUS_HTTP_INSECURE_REQUESTS", "disabled");
        environment.put("QUARKUS_HTTP_SSL_PORT", String.valueOf(port));
        return environment;
    }

    private void awaitSecure(ServiceProcess service) throws Exception {
        Instant deadline = Instant.now().plus(PATIENCE.multipliedBy(2));
        while (true) {
            try (SSLSocket socket = connect()) {
                return;
            } catch (IOException e) {
                assertTrue(service.isAlive() && Instant.now().isBefore(deadline), service.output() + service.errors());
                Thread.sleep(50);
            }
        }
    }

    private BigInteger makeCertificate() throws Exception {
        Path files = Files.createDirectory(folder.resolve("files-" + System.nanoTime()));
        Certificate certificate = Certificate.in(files);
        // Both files change at once, as those of a mounted secret do.
        Path link = Files.createSymbolicLink(folder.resolve("next"), files);
        Files.move(link, folder.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
        return certificate.x509().getSerialNumber();
    }

    private String handshake(String version) throws Exception {
        try (SSLSocket socket = (SSLSocket) trusting().getSocketFactory().createSocket("localhost", port)) {
            socket.setEnabledProtocols(new String[] {version});
            socket.startHandshake();
            return socket.getSession().getProtocol();
        }
    }

    private SSLSocket connect() throws IOException {
        SSLSocket socket = (SSLSocket) trusting().getSocketFactory().createSocket("localhost", port);
        socket.setSoTimeout(10_000);
        socket.startHandshake();
        return socket;
    }

    private static BigInteger serialNumber(SSLSocket socket) throws IOException {
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
    }

    private static String get(SSLSocket socket, String path) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("}") < 0) {
            int read = in.read();
            assertTrue(read >= 0, "The connection ended");
            answer.append((char) read);
        }
        return answer.toString();
    }

    /** What comes back to bytes that are not of TLS, or of an old one. */
    private static byte[] plain(int port, String bytes) throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            byte[] answer = new byte[7];
            new DataInputStream(socket.getInputStream()).readFully(answer);
            return answer;
        }
    }

    private static boolean isHttp(int port) {
        try {
            byte[] answer = plain(port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            return new String(answer, StandardCharsets.ISO_8859_1).startsWith("HTTP");
        } catch (IOException e) {
            return false;
        }
    }

    private static SSLContext trusting() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustAll()}, null);
            return context;
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class TrustAll implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
