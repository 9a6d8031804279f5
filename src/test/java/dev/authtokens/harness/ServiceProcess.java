package dev.authtokens.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The packaged service as a process of its own, as it is deployed. */
public final class ServiceProcess implements AutoCloseable {

    /** Kubernetes kills a pod that has not ended by itself then: terminationGracePeriodSeconds. */
    private static final Duration GRACE_PERIOD = Duration.ofSeconds(30);

    /** System properties, since the tests of Quarkus and the others have class loaders of their own. */
    private static final String GIVEN_PORT = "port-of-the-tests.";

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final Process process;
    private final Path out;
    private final Path err;
    private final int port;
    private final int managementPort;

    private ServiceProcess(Process process, Path out, Path err, int port, int managementPort) {
        this.process = process;
        this.out = out;
        this.err = err;
        this.port = port;
        this.managementPort = managementPort;
    }

    /** Starts it with free ports and nothing of this process' environment but what finds the Java runtime. */
    public static ServiceProcess start(Map<String, String> environment) {
        return start(environment, UnaryOperator.identity());
    }

    /** The same, by a command that is made of the usual one. */
    public static ServiceProcess start(Map<String, String> environment, UnaryOperator<List<String>> wrap) {
        return start(environment, wrap.apply(isNative() ? executableCommand() : jvm(List.of(ClassArchive.option()))));
    }

    /** The jar without the archive of classes, which an agent of the Java runtime rules out. */
    public static ServiceProcess startWithoutArchive(Map<String, String> environment) {
        return start(environment, jvm(List.of()));
    }

    static ServiceProcess start(Map<String, String> environment, List<String> command) {
        try {
            int port = freePort();
            int managementPort = freePort();
            Path out = Temporary.file("service", ".out");
            Path err = Temporary.file("service", ".err");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment()
                    .keySet()
                    .removeIf(name -> name.startsWith("QUARKUS_") || name.startsWith("AUTH_TOKENS_"));
            builder.environment().put("QUARKUS_HTTP_PORT", String.valueOf(port));
            builder.environment().put("QUARKUS_MANAGEMENT_PORT", String.valueOf(managementPort));
            builder.environment().putAll(environment);
            return new ServiceProcess(builder.start(), out, err, port, managementPort);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a command of the same executable. */
    public static ServiceProcess command(Map<String, String> environment, String... arguments) {
        return start(environment, command -> {
            command.addAll(List.of(arguments));
            return command;
        });
    }

    /** Writes to its standard input. */
    public ServiceProcess input(String text) {
        try {
            process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends its standard input. */
    public ServiceProcess endInput() {
        try {
            process.getOutputStream().close();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The environment of the service, its ports included: what a command has that runs in the same container. */
    public Map<String, String> environment(Map<String, String> given) {
        Map<String, String> whole = new HashMap<>(given);
        whole.put("QUARKUS_HTTP_PORT", String.valueOf(port));
        whole.put("QUARKUS_MANAGEMENT_PORT", String.valueOf(managementPort));
        return whole;
    }

    public static Map<String, String> database(String url) {
        return Map.of(
                "QUARKUS_DATASOURCE_JDBC_URL", url,
                "QUARKUS_DATASOURCE_USERNAME", Postgres.USER,
                "QUARKUS_DATASOURCE_PASSWORD", Postgres.PASSWORD);
    }

    /** The same with a first administrator; more may be put into it. */
    public static Map<String, String> withAdministrator(String url, String email, String password) {
        Map<String, String> environment = new HashMap<>(database(url));
        environment.put("AUTH_TOKENS_BOOTSTRAP_EMAIL", email);
        environment.put("AUTH_TOKENS_BOOTSTRAP_PASSWORD", password);
        return environment;
    }

    /**
     * The same without the time limits of statements and connections, for a test that needs an answer to each request and is
     * not about those limits: a machine that is busy exceeds them.
     */
    public static Map<String, String> patient(Map<String, String> environment) {
        Map<String, String> patient = new HashMap<>(environment);
        patient.put(
                "QUARKUS_DATASOURCE_JDBC_NEW_CONNECTION_SQL", "set default_transaction_isolation = 'read committed'");
        patient.put("QUARKUS_DATASOURCE_JDBC_ACQUISITION_TIMEOUT", "3M");
        patient.put("QUARKUS_DATASOURCE_JDBC_ADDITIONAL_JDBC_PROPERTIES_CONNECTTIMEOUT", "180");
        patient.put("QUARKUS_DATASOURCE_JDBC_ADDITIONAL_JDBC_PROPERTIES_SOCKETTIMEOUT", "180");
        return patient;
    }

    /** Whether it is the native executable that is tested. */
    public static boolean isNative() {
        return Files.isExecutable(executable());
    }

    /** Whether no wait for a connection to the database is endless, as some are with Java older than 21.0.2 (JDK-8301341). */
    public static boolean poolWaitsEnd() {
        return isNative() || Runtime.version().compareTo(Runtime.Version.parse("21.0.2")) >= 0;
    }

    public static Path executable() {
        return Path.of(System.getProperty("native.image.path", "none"));
    }

    private static List<String> executableCommand() {
        return new ArrayList<>(List.of(executable().toString()));
    }

    /** The command that runs the jar, with more options of the Java runtime. */
    static List<String> jvm(List<String> options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Many short lives: compiled lightly, and with the collector of the images, which starts the fastest.
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-XX:+UseSerialGC");
        command.addAll(options);
        command.add("-jar");
        command.add("target/quarkus-app/quarkus-run.jar");
        return command;
    }

    /**
     * Below those that the system gives to outgoing connections, so that none of them takes it before it is used; and each
     * is given once only, though what is to use it may not listen yet.
     */
    public static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 32_768);
            if (System.getProperties().putIfAbsent(GIVEN_PORT + port, "") != null) {
                continue;
            }
            try (ServerSocket socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // the next one
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Waits until another program, such as a proxy, accepts connections. */
    public static void awaitPort(Process program, int port) {
        Await.until("Nothing listens on port " + port, () -> {
            if (!program.isAlive()) {
                throw new AssertionError(program.info() + " does not start");
            }
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException notYet) {
                return false;
            }
        });
    }

    public URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    public int port() {
        return port;
    }

    public URI managementUri(String path) {
        return URI.create("http://localhost:" + managementPort + path);
    }

    public long id() {
        return process.pid();
    }

    /** On Linux only. */
    public long residentKilobytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + id() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public ServiceProcess awaitReady() {
        return awaitReady(() -> get("/", null));
    }

    /** The same by its port of health and metrics alone. */
    public ServiceProcess awaitReadyByProbe() {
        return awaitReady(() -> manage("/q/health/ready"));
    }

    private ServiceProcess awaitReady(Supplier<HttpResponse<String>> probe) {
        Await.until(() -> "The service does not start:\n" + output() + errors(), () -> {
            if (!process.isAlive()) {
                throw new AssertionError("The service ends at its start:\n" + output() + errors());
            }
            try {
                return probe.get().statusCode() == 200;
            } catch (UncheckedIOException notYet) {
                return false;
            }
        });
        return this;
    }

    public HttpResponse<String> get(String path, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
        if (token != null) {
            request.header("Authorization", "giantswarm " + token);
        }
        return send(request);
    }

    /** Asks on the port of health and metrics. */
    public HttpResponse<String> manage(String path) {
        return send(HttpRequest.newBuilder(managementUri(path)));
    }

    /** The sum of the metrics whose names begin like that. */
    public double metric(String name) {
        return manage("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    public HttpResponse<String> login(String email, String password) {
        String body = "{\"email\":\"" + email + "\",\"password_base64\":\"" + Api.base64(password) + "\"}";
        return send(HttpRequest.newBuilder(uri(Api.TOKENS))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Logs in, again where a busy machine exceeded a time limit of the service. */
    public String token(String email, String password) {
        return tokenOf(Await.value("no login", () -> login(email, password), answer -> answer.statusCode() != 503));
    }

    /** The token in the answer to a login, which must have succeeded. */
    public static String tokenOf(HttpResponse<String> answer) {
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return answer.body().split("\"")[3];
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return CLIENT.send(
                    request.version(HttpClient.Version.HTTP_1_1)
                            .timeout(Await.PATIENCE)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits for the end of a process that ends by itself. */
    public int exitCode() {
        return exitCode(Await.PATIENCE);
    }

    private int exitCode(Duration patience) {
        try {
            if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("The service does not end:\n" + output() + errors());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public String output() {
        return read(out);
    }

    public String errors() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGTERM, as Kubernetes stops it, which gives it no more than the grace period to finish its requests. */
    public int stop() {
        terminate();
        return exitCode(GRACE_PERIOD);
    }

    /** The same without waiting for the end. */
    public void terminate() {
        process.destroy();
    }

    public void kill() {
        process.destroyForcibly();
        exitCode();
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }

    public static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
