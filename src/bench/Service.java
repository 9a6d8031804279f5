import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged service as a process, and what a client does with it. */
final class Service implements AutoCloseable {

    static final int PORT = 8000;
    static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar");

    static final List<String> JVM = jvm(JAR, List.of());

    static final String EMAIL = "admin@example.com";
    static final String PASSWORD = "correct horse battery";
    static final String LOGIN_BODY =
            "{\"email\":\"" + EMAIL + "\",\"password_base64\":\"Y29ycmVjdCBob3JzZSBiYXR0ZXJ5\"}";
    static final String LOG = "target/bench.log";

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    final int port;
    private final Process process;

    private Service(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** As the image starts it, in a pod with the memory of the manifests; a flag may name another garbage collector. */
    static List<String> jvm(Path jar, List<String> flags) {
        List<String> command = java("-XX:MaxRAMPercentage=60", "-XX:MaxRAM=512m");
        if (flags.stream().noneMatch(flag -> flag.endsWith("GC"))) {
            command.add("-XX:+UseSerialGC");
        }
        command.addAll(flags);
        return Benchmark.with(command, "-jar", jar.toString());
    }

    static List<String> java(String... arguments) {
        return Benchmark.with(List.of(ProcessHandle.current().info().command().orElseThrow()), arguments);
    }

    static Service start(Map<String, String> environment) throws IOException {
        return start(JVM, PORT, environment);
    }

    /** Makes the schema and the account, if they are not there yet. */
    static String firstLogin(List<String> command) throws Exception {
        try (Service first = start(command, PORT, Map.of()).awaitAnswer()) {
            return first.logIn();
        }
    }

    /** From exec to the first 200 that needs the database: the median of so many starts. */
    static double startMillis(List<String> command, String token, int starts) throws Exception {
        double[] millis = new double[starts];
        for (int i = 0; i < starts; i++) {
            long begin = System.nanoTime();
            try (Service service = start(command, PORT, Map.of()).awaitOk(token)) {
                millis[i] = (System.nanoTime() - begin) / 1e6;
            }
        }
        return Benchmark.median(millis);
    }

    static Service start(List<String> command, int port, Map<String, String> environment) throws IOException {
        Process process = builder(command, port, environment).start();
        // A measurement that fails leaves nothing behind.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return new Service(process, port);
    }

    static ProcessBuilder builder(List<String> command, int port, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(Path.of(LOG).toFile()));
        // As the image of the jar sets it. The native executable allocates its heap by itself.
        builder.environment().putIfAbsent("MALLOC_ARENA_MAX", "2");
        builder.environment().put("AUTH_TOKENS_BOOTSTRAP_EMAIL", EMAIL);
        builder.environment().put("AUTH_TOKENS_BOOTSTRAP_PASSWORD", PASSWORD);
        builder.environment().put("QUARKUS_HTTP_PORT", String.valueOf(port));
        builder.environment().put("QUARKUS_MANAGEMENT_PORT", String.valueOf(port + 1000));
        builder.environment().putAll(environment);
        return builder;
    }

    Service awaitAnswer() throws InterruptedException {
        return await("GET / HTTP/1.1\r\nHost: localhost");
    }

    /** Until a request is answered that needs the database. */
    Service awaitOk(String token) throws InterruptedException {
        return await("GET /v4/user/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: giantswarm " + token);
    }

    private Service await(String request) throws InterruptedException {
        byte[] bytes = (request + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        while (process.isAlive()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", port));
                socket.getOutputStream().write(bytes);
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (answer.startsWith("HTTP/1.1 200 ")) {
                    return this;
                }
            } catch (IOException notYet) {
                // Tried again.
            }
            Thread.sleep(1);
        }
        throw new IllegalStateException("The service ended, see " + LOG);
    }

    String logIn() throws Exception {
        return require(200, send("POST", "/v4/auth-tokens/", "none", LOGIN_BODY)).split("\"")[3];
    }

    void logOut(String token) throws Exception {
        require(200, send("DELETE", "/v4/auth-tokens/", token, null));
    }

    /** Whether it was done; a cold service without a connection in time answers 503. */
    boolean tryLogOut(String token) throws Exception {
        HttpResponse<String> answer = send("DELETE", "/v4/auth-tokens/", token, null);
        if (answer.statusCode() == 503) {
            return false;
        }
        require(200, answer);
        return true;
    }

    int check(String token) throws Exception {
        return send("GET", "/v4/auth-tokens/verify/", token, null).statusCode();
    }

    private static String require(int status, HttpResponse<String> answer) {
        if (answer.statusCode() != status) {
            throw new IllegalStateException(answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    private HttpResponse<String> send(String method, String path, String token, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Authorization", "giantswarm " + token)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    long pid() {
        return process.pid();
    }

    double residentMebibytes() throws IOException {
        return residentMebibytes(process.toHandle());
    }

    static double residentMebibytes(ProcessHandle process) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .mapToDouble(kibibytes -> Long.parseLong(kibibytes) / 1024.0)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("The service does not stop");
        }
    }
}
