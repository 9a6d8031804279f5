import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/**
 * Measures the service as it is packaged, on one PostgreSQL and in one run, and compares each row with what was measured
 * beside it. Prints a table, and writes it with the charts into a folder.
 */
class Benchmark {

    static final int LIVE = 10_000;

    private static final int HTTPS_PORT = 8443;

    final boolean full;
    final int seconds;
    final Report report = new Report();
    final Chart latencyByLoad = new Chart("Latency of a check by load", "share of the highest rate", "ms");
    final String checks = Load.get("/v4/auth-tokens/verify/", Tokens.range(0, 1000));

    private Cost noAuth;
    private double cached;
    private double loginRate;

    Benchmark(boolean full) {
        this.full = full;
        this.seconds = full ? 15 : 3;
    }

    public static void main(String[] args) throws Exception {
        List<String> options = Arrays.asList(args);
        Benchmark benchmark = new Benchmark(options.contains("long"));
        Path folder = Files.createDirectories(Path.of("target/benchmark"));
        benchmark.core();
        if (!options.contains("quick")) {
            benchmark.rest();
            Growth growth = new Growth(benchmark);
            growth.run();
            new Lists(benchmark.report, benchmark.seconds, benchmark.full ? 1_000_000 : 20_000).run();
            Files.writeString(folder.resolve("latency.svg"), Chart.svg(benchmark.latencyByLoad, growth.chart));
        }
        benchmark.report.writeJson(folder.resolve("figures.json"));
        System.out.print(benchmark.report.table());
        if (!benchmark.report.gross().isEmpty()) {
            System.err.println("Far worse than it was: " + benchmark.report.gross());
            System.exit(1);
        }
    }

    /** The start, and what every client does all the time. */
    private void core() throws Exception {
        String token = start();
        long before = Load.sent();
        try (Service service = Service.start(Map.of()).awaitAnswer()) {
            Tokens.insert(0, LIVE, 0);
            checks(service, token);
            logins();
            storm();
            String name = "memory after " + (Load.sent() - before) / 1000 + " thousand requests";
            report.atMost(name, service.residentMebibytes(), "MiB", 250, 400);
        }
        try (Service service = Service.start(Map.of("AUTH_TOKENS_CACHE_ENABLED", "false")).awaitAnswer()) {
            uncached(service);
        }
    }

    private void rest() throws Exception {
        report.value("memory of a token that is kept", outputOf("dev.authtokens.token.CacheMemory"), "bytes");
        https();
        endings();
        for (int replicas : full ? new int[] {1, 2, 8} : new int[] {1}) {
            report.value("logouts at " + replicas + (replicas == 1 ? " replica" : " replicas"), Logouts.rate(replicas, seconds), "/s");
        }
    }

    /** Time and memory of the jar; every way to run the service is compared by {@code artifacts}. */
    private String start() throws Exception {
        String token = Service.firstLogin(Service.JVM);
        report.atMost("start to first 200 with the database", Service.startMillis(Service.JVM, token, full ? 11 : 3), "ms", 2500, 20_000);
        return token;
    }

    private void checks(Service service, String caller) throws Exception {
        String root = Load.get("/", Tokens.range(0, 1000));
        Load.warm(root);
        Load.warm(checks);
        noAuth = Cost.of(service, Load.IN_FLIGHT, seconds, root);
        report.value("endpoint without authentication", noAuth.rate(), "/s");
        Cost check = Cost.of(service, Load.IN_FLIGHT, seconds, checks);
        cached = check.rate();
        report.atLeast("check from memory (forward-auth)", cached, "/s", noAuth.rate(), 0.9, 0.5);
        report.compared("check from memory: processor time of the service", check.service(), "µs", noAuth.service());
        String whoAmI = Load.get("/v4/user/", Tokens.range(0, 1000));
        Load.warm(whoAmI);
        report.atLeast("who am I", Load.throughput(seconds, whoAmI), "/s", noAuth.rate(), 0.7, 0.3);
        String introspection = Load.introspection(caller, Tokens.of(0));
        Load.warm(introspection);
        report.compared("introspection (two checks)", Load.throughput(seconds, introspection), "/s", noAuth.rate());
        Load.atRate(cached / 10, 2, 24, n -> Load.verify(n % 1000));
        for (double share : full ? new double[] {0.1, 0.3, 0.5, 0.7} : new double[] {0.5}) {
            Load.Outcome outcome = Load.atRate(cached * share, seconds, 24, n -> Load.verify(n % 1000));
            latencyByLoad.add("p50", share, outcome.p(0.5));
            latencyByLoad.add("p99", share, outcome.p(0.99));
        }
    }

    private void logins() throws Exception {
        double bare = outputOf("BareHash", String.valueOf(seconds * 2));
        Load.throughput(5, Load.login());
        loginRate = Load.throughput(seconds * 2, Load.login());
        report.atLeast("login, of Elytron's bare hash", loginRate, "/s", bare, 0.95, 0.5);
    }

    /**
     * Three times as many logins as it can do, and checks at the same time: first as many as go, which takes what the
     * hashing leaves of the processor; then a tenth of the quiet rate, which shows how long each takes.
     */
    private void storm() throws Exception {
        double[] most = new double[1];
        Load.Outcome refusals = logIns(() -> most[0] = Load.throughput(seconds, checks));
        // Every core hashes too, and what is left to the checks is half of each.
        report.atLeast("storm of logins: checks, of the quiet rate", most[0], "/s", cached, 0.25, 0.1);
        report.value("the same, the first since the start: p99 of a refusal", refusals.refused(0.99), "ms");
        Load.Outcome[] quick = new Load.Outcome[1];
        refusals = logIns(() -> quick[0] = Load.atRate(cached / 10, seconds, 24, n -> Load.verify(n % 1000)));
        report.atMost("storm of logins: p99 of a check", quick[0].p(0.99), "ms", 50, 500);
        report.atMost("storm of logins: p99 of a refusal", refusals.refused(0.99), "ms", 20, 5000);
        report.value("storm of logins: p99 of the load generator's own lateness", refusals.late(0.99), "ms");
    }

    /** What becomes of the logins, with the work in the middle of them. */
    private Load.Outcome logIns(Callable<?> work) throws Exception {
        FutureTask<Load.Outcome> logins =
                new FutureTask<>(() -> Load.atRate(3 * loginRate, seconds + 4, 200, n -> Load.logIn()));
        new Thread(logins).start();
        Thread.sleep(3000);
        work.call();
        return logins.get();
    }

    private void uncached(Service service) throws Exception {
        String root = Load.get("/", Tokens.range(0, 1000));
        Load.warm(root);
        Load.warm(checks);
        Cost check = Cost.of(service, Load.IN_FLIGHT, seconds, checks);
        Cost without = Cost.of(service, Load.IN_FLIGHT, seconds, root);
        double uncached = check.rate();
        report.atLeast("check in the database", uncached, "/s", without.rate(), 0.5, 0.08);
        report.compared(
                "check in the database: processor time of the service", check.service(), "µs", without.service());
        report.value("check in the database: processor time of PostgreSQL", check.database(), "µs");
        report.compared(
                "check in the database: processor time of the load generator", check.load(), "µs", without.load());
        Cost many = Cost.of(service, 64, seconds, checks);
        Cost manyWithout = Cost.of(service, 64, seconds, root);
        report.atLeast(
                "check in the database, 64 in flight, of the endpoint without authentication",
                many.rate(),
                "/s",
                manyWithout.rate(),
                0.7,
                0.1);
        report.compared(
                "the same: processor time of the service", many.service(), "µs", manyWithout.service());
        report.value("the same: processor time of PostgreSQL", many.database(), "µs");
        Load.Outcome outcome = Load.atRate(uncached / 2, seconds, 24, n -> Load.verify(n % LIVE));
        report.atMost("check in the database: p99 at half of that", outcome.p(0.99), "ms", 10, 250);
    }

    /** Checks over the service's own HTTPS, beside plain ones: on connections that are kept, and each on a new one. */
    private void https() throws Exception {
        Path key = Path.of("target/bench-key.pem").toAbsolutePath();
        Path certificate = Path.of("target/bench-certificate.pem").toAbsolutePath();
        Server.run(new ProcessBuilder(
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-keyout", key.toString(), "-out", certificate.toString()));
        try (Service service = Service.start(Map.of(
                        "QUARKUS_HTTP_TLS_CONFIGURATION_NAME", "api",
                        "QUARKUS_TLS__API__KEY_STORE_PEM__0__CERT", certificate.toString(),
                        "QUARKUS_TLS__API__KEY_STORE_PEM__0__KEY", key.toString(),
                        "QUARKUS_HTTP_SSL_PORT", String.valueOf(HTTPS_PORT)))
                .awaitAnswer()) {
            Tokens.insert(0, LIVE, 0);
            String plain = "http://127.0.0.1:" + service.port + "/";
            String secured = "https://127.0.0.1:" + HTTPS_PORT + "/";
            String closing = Request.script(List.of(Request.get(
                    "/v4/auth-tokens/verify/", "Authorization: giantswarm " + Tokens.of(0), "Connection: close")));
            // The Java runtime compiles its cryptography only when it has been used a while.
            for (String url : List.of(plain, secured, secured)) {
                Load.throughput(url, Load.IN_FLIGHT, seconds, checks);
                Load.throughput(url, Load.IN_FLIGHT, seconds, closing);
            }
            report.atLeast(
                    "check over HTTPS, kept connections",
                    Load.throughput(secured, Load.IN_FLIGHT, seconds, checks),
                    "/s",
                    Load.throughput(plain, Load.IN_FLIGHT, seconds, checks),
                    0.7,
                    0.2);
            report.compared(
                    "check over HTTPS, a new connection each that resumes a session",
                    Load.throughput(secured, Load.IN_FLIGHT, seconds, closing),
                    "/s",
                    Load.throughput(plain, Load.IN_FLIGHT, seconds, closing));
            report.value("full TLS handshakes", Load.handshakes(HTTPS_PORT, seconds), "/s");
        }
    }

    /** How long a logout takes, and how long it is until another replica, which had the token in memory, refuses it. */
    private void endings() throws Exception {
        int count = full ? 1000 : 100;
        Tokens.insert(100_000_000, 200L * seconds + 400, 0);
        Tokens.insert(200_000_000, count, 0);
        double[] lags = new double[count];
        try (Service one = Service.start(Map.of()).awaitAnswer();
                Service other = Service.start(Service.JVM, Service.PORT + 1, Map.of()).awaitAnswer()) {
            Load.throughput(3, checks);
            // As many clients at once as there are later would wait too long for the first connections of a cold service.
            Load.atRate(80, 5, 4, n -> Load.logOut(100_000_000L + n));
            Load.Outcome outcome = Load.atRate(200, seconds, 24, n -> Load.logOut(100_000_400L + n));
            report.value("logout, 200/s: p50", outcome.p(0.5), "ms");
            report.value("logout, 200/s: p99", outcome.p(0.99), "ms");
            for (int i = 0; i < count; i++) {
                String token = Tokens.of(200_000_000L + i);
                other.check(token);
                Peers.sleepForPartOfAnInterval();
                one.logOut(token);
                long begin = System.nanoTime();
                while (other.check(token) == 200) {
                    Thread.onSpinWait();
                }
                lags[i] = (System.nanoTime() - begin) / 1e6;
            }
        }
        Arrays.sort(lags);
        report.value("logout until another replica refuses: p50", lags[count / 2], "ms");
        report.atMost("logout until another replica refuses: p99", lags[(count * 99 - 1) / 100], "ms", 150, 2000);
        report.atMost("logout until another replica refuses: longest", lags[count - 1], "ms", 1000, 2000);
    }

    /** The number that a program of this folder prints. */
    static double outputOf(String... program) throws IOException {
        List<String> command = Service.java(
                "-XX:+UseSerialGC",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-cp",
                System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(with(command, program))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return Double.parseDouble(new String(process.getInputStream().readAllBytes()).strip());
    }

    /** Sorts them. */
    static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    static List<String> with(List<String> command, String... more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        return all;
    }
}
