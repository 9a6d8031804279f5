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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures each way to run the service: size, time from exec to the first 200 that needs the database, resident memory,
 * and throughput. The last row is what the ratios refer to.
 */
class Artifacts {

    static final int STARTS = 11;
    static final int PORT = 8000;
    static final String EMAIL = "admin@example.com";
    static final String PASSWORD_BASE64 = "Y29ycmVjdCBob3JzZSBiYXR0ZXJ5";
    static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar");
    static final Path AOT_CACHE = Path.of("target/app.aot");

    /** What the images start the Java runtime with. */
    static final List<String> JAVA_FLAGS = List.of("-XX:+UseSerialGC", "-XX:MaxRAMPercentage=60");

    record Artifact(String name, List<String> command, long bytes) {}

    record Result(
            String name, long bytes, double start, long idle, long loaded, double checks, double logins) {}

    public static void main(String[] args) throws Exception {
        long requests = Long.parseLong(args[0]);
        List<Result> results = new ArrayList<>();
        for (Artifact artifact : artifacts()) {
            System.err.println("Measuring " + artifact.name());
            results.add(measure(artifact, requests));
        }
        Result reference = results.get(results.size() - 1);
        System.out.println("| | size | start to first 200 | memory idle | memory after " + requests
                + " checks | checks/s | relative | logins/s | relative |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        for (Result result : results) {
            System.out.printf(
                    "| %s | %d MB | %.0f ms | %d MB | %d MB | %.0f | %.2f | %.1f | %.2f |%n",
                    result.name(),
                    result.bytes() / 1_000_000,
                    result.start(),
                    result.idle() / 1_000,
                    result.loaded() / 1_000,
                    result.checks(),
                    result.checks() / reference.checks(),
                    result.logins(),
                    result.logins() / reference.logins());
        }
    }

    static List<Artifact> artifacts() throws Exception {
        List<Artifact> artifacts = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            for (Path runner : files.filter(file -> file.toString().endsWith("-runner")).toList()) {
                artifacts.add(new Artifact("native", List.of(runner.toString()), Files.size(runner)));
            }
        }
        List<String> java = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
        java.addAll(JAVA_FLAGS);
        train(java);
        long jars = size(JAR.getParent());
        artifacts.add(new Artifact(
                "JVM with AOT cache",
                with(java, "-XX:AOTCache=" + AOT_CACHE, "-jar", JAR.toString()),
                jars + Files.size(AOT_CACHE)));
        artifacts.add(new Artifact("JVM", with(java, "-jar", JAR.toString()), jars));
        return artifacts;
    }

    static List<String> with(List<String> command, String... more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        return all;
    }

    /** A run that logs in, checks and logs out, and leaves what the next starts can use. */
    static void train(List<String> java) throws Exception {
        Process process = start(with(java, "-XX:AOTCacheOutput=" + AOT_CACHE, "-jar", JAR.toString()));
        awaitAnswer(process, "/");
        for (int i = 0; i < 50; i++) {
            String token = logIn();
            awaitOk(process, token);
            send(request("/v4/auth-tokens/", token).DELETE());
        }
        stop(process);
    }

    static Result measure(Artifact artifact, long requests) throws Exception {
        Process first = start(artifact.command());
        awaitAnswer(first, "/");
        String token = logIn();
        stop(first);
        List<Double> starts = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            long begin = System.nanoTime();
            Process process = start(artifact.command());
            awaitOk(process, token);
            starts.add((System.nanoTime() - begin) / 1e6);
            stop(process);
        }
        Process process = start(artifact.command());
        awaitOk(process, token);
        Thread.sleep(3_000);
        long idle = residentKilobytes(process);
        // Warm, then for as long as the wanted number of checks takes.
        double checks = checks(token, 15);
        checks = checks(token, (int) Math.max(10, requests / checks));
        long loaded = residentKilobytes(process);
        logins(5);
        double logins = logins(15);
        stop(process);
        return new Result(
                artifact.name(),
                artifact.bytes(),
                starts.stream().sorted().toList().get(STARTS / 2),
                idle,
                loaded,
                checks,
                logins);
    }

    static double checks(String token, int seconds) throws Exception {
        return load(seconds, "wrk.headers['Authorization'] = 'giantswarm " + token + "'\nwrk.path = '/v4/user/'\n");
    }

    static double logins(int seconds) throws Exception {
        return load(
                seconds,
                "wrk.method = 'POST'\nwrk.path = '/v4/auth-tokens/'\nwrk.headers['Content-Type'] = 'application/json'\n"
                        + "wrk.body = '" + loginBody() + "'\n");
    }

    /** Requests per second; anything but success makes the measurement void. */
    static double load(int seconds, String script) throws Exception {
        Path file = Files.writeString(Files.createTempFile("load", ".lua"), script);
        Process wrk = new ProcessBuilder(
                        "wrk", "-t1", "-c8", "--timeout", "20s", "-d" + seconds + "s", "-s", file.toString(), "http://127.0.0.1:" + PORT + "/")
                .redirectErrorStream(true)
                .start();
        String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher rate = Pattern.compile("Requests/sec: +([0-9.]+)").matcher(output);
        if (!rate.find() || output.contains("Non-2xx") || output.contains("Socket errors")) {
            throw new IllegalStateException(output);
        }
        return Double.parseDouble(rate.group(1));
    }

    static Process start(List<String> command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(Path.of("target/artifacts.log").toFile());
        builder.environment().put("AUTH_TOKENS_BOOTSTRAP_EMAIL", EMAIL);
        builder.environment().put("AUTH_TOKENS_BOOTSTRAP_PASSWORD", "correct horse battery");
        Process process = builder.start();
        // A measurement that fails leaves nothing behind.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return process;
    }

    static void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("The service does not stop");
        }
    }

    static void awaitOk(Process process, String token) throws InterruptedException {
        await(process, "GET /v4/user/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: giantswarm " + token);
    }

    static void awaitAnswer(Process process, String path) throws InterruptedException {
        await(process, "GET " + path + " HTTP/1.1\r\nHost: localhost");
    }

    static void await(Process process, String request) throws InterruptedException {
        byte[] bytes = (request + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        while (process.isAlive()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", PORT));
                socket.getOutputStream().write(bytes);
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (answer.startsWith("HTTP/1.1 200 ")) {
                    return;
                }
            } catch (IOException notYet) {
                // Tried again.
            }
            Thread.sleep(1);
        }
        throw new IllegalStateException("The service ended, see target/artifacts.log");
    }

    static String loginBody() {
        return "{\"email\":\"" + EMAIL + "\",\"password_base64\":\"" + PASSWORD_BASE64 + "\"}";
    }

    static String logIn() throws Exception {
        HttpRequest.Builder login = request("/v4/auth-tokens/", "none")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(loginBody()));
        return send(login).split("\"")[3];
    }

    static HttpRequest.Builder request(String path, String token) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + path))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Authorization", "giantswarm " + token);
    }

    static String send(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> answer =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    static long residentKilobytes(Process process) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }

    static long size(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
