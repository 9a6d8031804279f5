package dev.authtokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Await;
import dev.authtokens.harness.Certificate;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS by the service itself, with the settings of the component {@code tls}. */
class TlsIT {

    @TempDir
    Path folder;

    private int port;

    @Test
    void servesHttpsAloneAndFollowsTheFilesOfItsCertificate() throws Exception {
        BigInteger first = makeCertificate();
        try (ServiceProcess service = ServiceProcess.start(environment(SharedPostgres.newDatabaseWithSchema()))) {
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
                Await.until("The new certificate is not served", () -> {
                    try (SSLSocket fresh = connect()) {
                        return serialNumber(fresh).equals(second);
                    }
                });
                answer = get(kept, "/v4/info/");
                assertTrue(answer.startsWith("HTTP/1.1 401 "), answer);
            }
        }
    }

    /** The lowest version of this TLS is 1.2: what a client of 1.1 says first is answered by "protocol version". */
    @Test
    void refusesOldVersions() throws Exception {
        makeCertificate();
        try (ServiceProcess service = ServiceProcess.start(environment(SharedPostgres.newDatabaseWithSchema()))) {
            awaitSecure(service);
            for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                try (SSLSocket socket = connect(version)) {
                    assertEquals(version, socket.getSession().getProtocol());
                }
            }
            String hello = "160301002f" + "0100002b" + "0302" + "ab".repeat(32) + "00" + "0004002fc013" + "0100";
            byte[] alert = Await.value(
                    "The connection ends without an alert",
                    () -> plain(port, HexFormat.of().parseHex(hello)),
                    answer -> answer.length == 7);
            assertEquals("1503", HexFormat.of().formatHex(alert, 0, 2));
            assertEquals("0246", HexFormat.of().formatHex(alert, 5, 7));
        }
    }

    private Map<String, String> environment(String database) throws IOException {
        port = ServiceProcess.freePort();
        Map<String, String> environment = ServiceProcess.patient(ServiceProcess.database(database));
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
        Await.until(() -> service.output() + service.errors(), () -> {
            assertTrue(service.isAlive(), service.output() + service.errors());
            try (SSLSocket socket = handshake("TLSv1.3")) {
                return socket.isConnected();
            } catch (IOException notYet) {
                return false;
            }
        });
    }

    private BigInteger makeCertificate() throws Exception {
        Path files = Files.createDirectory(folder.resolve("files-" + System.nanoTime()));
        Certificate certificate = Certificate.in(files);
        // Both files change at once, as those of a mounted secret do.
        Path link = Files.createSymbolicLink(folder.resolve("next"), files);
        Files.move(link, folder.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
        return certificate.x509().getSerialNumber();
    }

    private SSLSocket connect() throws Exception {
        return connect("TLSv1.3");
    }

    /** Vert.x 4.5 drops who connects in the very moment of a reload: TCPServerBase.updateSSLOptions. */
    private SSLSocket connect(String version) {
        AtomicReference<SSLSocket> connected = new AtomicReference<>();
        Await.until("No handshake succeeds", () -> {
            try {
                connected.set(handshake(version));
                return true;
            } catch (SocketException | EOFException | SSLHandshakeException dropped) {
                return false;
            }
        });
        return connected.get();
    }

    private SSLSocket handshake(String version) throws IOException {
        SSLSocket socket = (SSLSocket) trusting().getSocketFactory().createSocket("localhost", port);
        try {
            socket.setSoTimeout((int) Await.PATIENCE.toMillis());
            socket.setEnabledProtocols(new String[] {version});
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
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

    /** What comes back to bytes that are not of TLS, or of an old one; empty when the connection ends first. */
    private static byte[] plain(int port, byte[] bytes) throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout((int) Await.PATIENCE.toMillis());
            socket.getOutputStream().write(bytes);
            return socket.getInputStream().readNBytes(7);
        } catch (SocketException reset) {
            return new byte[0];
        }
    }

    private static boolean isHttp(int port) throws IOException {
        byte[] answer = plain(port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return new String(answer, StandardCharsets.ISO_8859_1).startsWith("HTTP");
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
