import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Measures each way to run the service: size, time from exec to the first 200 that needs the database, resident memory,
 * and throughput. The last row is what the ratios refer to.
 */
class Artifacts {

    static final int STARTS = 7;
    static final int PORT = 8000;
    static final Path AOT_CACHE = Path.of("target/app.aot");

    /** What the images start the Java runtime with, and the memory that a container has by the limit of k8s/base. */
    static final List<String> JAVA_FLAGS =
            List.of("-XX:+UseSerialGC", "-XX:MaxRAMPercentage=60", "-XX:MaxRAM=512m");

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
        long jars = size(Benchmark.JAR.getParent());
        artifacts.add(new Artifact(
                "JVM with AOT cache",
                Benchmark.with(java, "-XX:AOTCache=" + AOT_CACHE, "-jar", Benchmark.JAR.toString()),
                jars + Files.size(AOT_CACHE)));
        artifacts.add(new Artifact("JVM", Benchmark.with(java, "-jar", Benchmark.JAR.toString()), jars));
        return artifacts;
    }

    static Service start(List<String> command) throws IOException {
        return Service.start(command, PORT, Map.of());
    }

    /** A run that logs in, checks and logs out, and leaves what the next starts can use. */
    static void train(List<String> java) throws Exception {
        try (Service service = start(Benchmark.with(java, "-XX:AOTCacheOutput=" + AOT_CACHE, "-jar", Benchmark.JAR.toString()))) {
            service.awaitAnswer();
            for (int i = 0; i < 50; i++) {
                String token = service.logIn();
                service.awaitOk(token);
                service.logOut(token);
            }
        }
    }

    static Result measure(Artifact artifact, long requests) throws Exception {
        String token;
        try (Service first = start(artifact.command())) {
            token = first.awaitAnswer().logIn();
        }
        List<Double> starts = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            long begin = System.nanoTime();
            try (Service service = start(artifact.command()).awaitOk(token)) {
                starts.add((System.nanoTime() - begin) / 1e6);
            }
        }
        long idle;
        long loaded;
        double checks;
        double logins;
        try (Service service = start(artifact.command()).awaitOk(token)) {
            Thread.sleep(3_000);
            idle = service.residentKilobytes();
            String load = Load.get("/v4/auth-tokens/verify/", List.of(token));
            // Warm, then for as long as the wanted number of checks takes.
            checks = Load.throughput(PORT, 15, load);
            checks = Load.throughput(PORT, (int) Math.max(10, requests / checks), load);
            loaded = service.residentKilobytes();
            Load.throughput(PORT, 5, Load.login());
            logins = Load.throughput(PORT, 15, Load.login());
        }
        return new Result(
                artifact.name(),
                artifact.bytes(),
                starts.stream().sorted().toList().get(STARTS / 2),
                idle,
                loaded,
                checks,
                logins);
    }

    static long size(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
