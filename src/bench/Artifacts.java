import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Measures each way to run the service: size, time from exec to the first 200 that needs the database, resident memory,
 * and throughput. The last row is what the ratios refer to.
 */
class Artifacts {

    static final int STARTS = 11;
    private static final Path AOT_JAR = Path.of("target/aot-app/quarkus-run.jar");

    record Artifact(String name, List<String> command, long bytes) {}

    record Result(
            String name, long bytes, double start, double idle, double loaded, double checks, double logins) {}

    public static void main(String[] args) throws Exception {
        long requests = Long.parseLong(args[0]);
        List<Result> results = new ArrayList<>();
        List<Artifact> artifacts = artifacts(List.of(args).subList(1, args.length));
        for (Artifact artifact : artifacts) {
            System.err.println("Measuring " + artifact.name());
            results.add(measure(artifact, requests));
        }
        Result reference = results.get(results.size() - 1);
        System.out.println("| | size | start to first 200 | memory idle | memory after " + requests
                + " checks | checks/s | relative | logins/s | relative |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        for (Result result : results) {
            System.out.printf(
                    "| %s | %d MB | %.0f ms | %.0f MiB | %.0f MiB | %.0f | %.2f | %.1f | %.2f |%n",
                    result.name(),
                    result.bytes() / 1_000_000,
                    result.start(),
                    result.idle(),
                    result.loaded(),
                    result.checks(),
                    result.checks() / reference.checks(),
                    result.logins(),
                    result.logins() / reference.logins());
        }
        printByInFlight(artifacts.get(0));
    }

    /** From how many requests at once on there is nothing to gain but waiting: the target of an autoscaler. */
    private static void printByInFlight(Artifact artifact) throws Exception {
        System.out.println("\n| checks at once (" + artifact.name() + ") | checks/s | each takes |\n| --- | --- | --- |");
        String token = Service.firstLogin(artifact.command());
        try (Service service = start(artifact.command()).awaitOk(token)) {
            String load = Load.get("/v4/auth-tokens/verify/", List.of(token));
            Load.warm(load);
            for (int inFlight : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 256}) {
                double rate = Load.throughput(service.port, inFlight, 5, load);
                System.out.printf("| %d | %.0f | %.1f ms |%n", inFlight, rate, 1000 * inFlight / rate);
            }
        }
    }

    static List<Artifact> artifacts(List<String> flags) throws Exception {
        List<Artifact> artifacts = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            for (Path runner : files.filter(file -> file.toString().endsWith("-runner")).sorted().toList()) {
                String name = runner.getFileName().toString().replaceFirst("^auth-tokens-.*-runner$", "native");
                artifacts.add(new Artifact(name, List.of(runner.toString()), Files.size(runner)));
            }
        }
        for (String flag : flags) {
            artifacts.addAll(jvm(List.of(flag)));
        }
        artifacts.addAll(jvm(List.of()));
        return artifacts;
    }

    /** With an AOT cache, which serves only the flags that it was made with, and without. */
    private static List<Artifact> jvm(List<String> flags) throws Exception {
        String suffix = flags.stream().map(flag -> ", `" + flag + "`").collect(Collectors.joining());
        Path cache = Path.of("target/app" + String.join("", flags).replaceAll("\\W", "") + ".aot");
        train(Service.jvm(AOT_JAR, Benchmark.with(flags, "-XX:AOTCacheOutput=" + cache)));
        return List.of(
                new Artifact(
                        "JVM with AOT cache" + suffix,
                        Service.jvm(AOT_JAR, Benchmark.with(flags, "-XX:AOTCache=" + cache)),
                        size(AOT_JAR.getParent()) + Files.size(cache)),
                new Artifact("JVM" + suffix, Service.jvm(Service.JAR, flags), size(Service.JAR.getParent())));
    }

    private static Service start(List<String> command) throws IOException {
        return Service.start(command, Service.PORT, Map.of());
    }

    /** A run that logs in, checks and logs out, and leaves what the next starts can use. */
    private static void train(List<String> command) throws Exception {
        try (Service service = start(command)) {
            service.awaitAnswer();
            for (int i = 0; i < 50; i++) {
                String token = service.logIn();
                service.awaitOk(token);
                service.logOut(token);
            }
        }
    }

    static Result measure(Artifact artifact, long requests) throws Exception {
        String token = Service.firstLogin(artifact.command());
        double start = Service.startMillis(artifact.command(), token, STARTS);
        double idle;
        double loaded;
        double checks;
        double logins;
        try (Service service = start(artifact.command()).awaitOk(token)) {
            Thread.sleep(3_000);
            idle = service.residentMebibytes();
            String load = Load.get("/v4/auth-tokens/verify/", List.of(token));
            // Warm, then for as long as the wanted number of checks takes.
            Load.warm(load);
            checks = Load.throughput(10, load);
            checks = Load.throughput((int) Math.max(10, requests / checks), load);
            loaded = service.residentMebibytes();
            Load.throughput(5, Load.login());
            logins = Load.throughput(15, Load.login());
        }
        return new Result(
                artifact.name(),
                artifact.bytes(),
                start,
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
