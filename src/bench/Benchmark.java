import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/**
 * Measures the service as it is packaged, on one PostgreSQL and in one run, and compares each row with what was measured
 * beside it. Prints a table, and writes {@code target/benchmark.json} and {@code target/benchmark.svg}.
 */
class Benchmark {

    static final int PORT = 8000;
    static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar");
    static final List<String> JAVA = java("-XX:+UseSerialGC", "-XX:MaxRAMPercentage=60");
    static final int LIVE = 10_000;

    record Row(String name, double value, String unit, double limit, double ratio, String budget, Boolean met) {}

    final boolean full;
    final int seconds;
    final long most;
    final long expired;
    final List<Row> rows = new ArrayList<>();
    /** What got less than half of its budget: that is not the noise of the machine. */
    final List<String> gross = new ArrayList<>();
    final Chart latencyByLoad = new Chart("Latency of a check by load", "share of the highest rate", "ms");
    final Chart growth = new Chart("Latency of a check by live tokens", "tokens", "ms");

    Benchmark(boolean full) {
        this.full = full;
        this.seconds = full ? 15 : 4;
        this.most = full ? 10_000_000 : 300_000;
        this.expired = full ? 1_000_000 : 50_000;
    }

    public static void main(String[] args) throws Exception {
        List<String> options = Arrays.asList(args);
        Benchmark benchmark = new Benchmark(options.contains("long"));
        benchmark.run();
        if (options.contains("--peer")) {
            benchmark.peer();
        }
        benchmark.report();
        if (!benchmark.gross.isEmpty()) {
            System.err.println("Far from the budget: " + benchmark.gross);
            System.exit(1);
        }
    }

    void run() throws Exception {
        String admin;
        try (Service service = service(Map.of())) {
            admin = service.logIn();
            Tokens.insert(0, LIVE, 0);
            checks(admin);
            logins();
            storm();
        }
        try (Service service = service(Map.of("AUTH_TOKENS_CACHE_ENABLED", "false"))) {
            uncached();
        }
        row("memory of a token that is kept", outputOf("dev.authtokens.token.CacheMemory"), "bytes", Double.NaN, Double.NaN, "", null);
        logouts();
        revocations();
        grow();
        purge();
    }

    double noAuth;
    double cached;
    double loginRate;

    void checks(String admin) throws Exception {
        List<String> tokens = Tokens.range(0, 1000);
        warm(Load.get("/", tokens));
        warm(Load.get("/v4/auth-tokens/verify/", tokens));
        noAuth = Load.throughput(PORT, seconds, Load.get("/", tokens));
        row("endpoint without authentication", noAuth, "/s", Double.NaN, Double.NaN, "", null);
        cached = Load.throughput(PORT, seconds, Load.get("/v4/auth-tokens/verify/", tokens));
        atLeast("check from memory (forward-auth)", cached, "/s", noAuth, 0.8);
        String introspection = introspection(admin, tokens.get(0));
        warm(introspection);
        double introspected = Load.throughput(PORT, seconds, introspection);
        row("introspection (two checks)", introspected, "/s", noAuth, introspected / noAuth, "", null);
        for (double share : new double[] {0.1, 0.3, 0.5, 0.7}) {
            Load.Outcome outcome = Load.atRate(PORT, cached * share, seconds, 24, n -> verify(Tokens.of(n % 1000)));
            latencyByLoad.add("p50", share, outcome.p(0.5));
            latencyByLoad.add("p99", share, outcome.p(0.99));
        }
    }

    void logins() throws Exception {
        double bare = outputOf("BareHash", String.valueOf(seconds * 2));
        Load.throughput(PORT, 5, Load.login());
        loginRate = Load.throughput(PORT, seconds * 2, Load.login());
        atLeast("login, of the bare hash", loginRate, "/s", bare, 0.95);
    }

    /** The number that a program of this folder prints. */
    private static double outputOf(String... program) throws Exception {
        List<String> command = with(JAVA, "-cp", System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(with(command, program))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return Double.parseDouble(new String(process.getInputStream().readAllBytes()).strip());
    }

    /** Three times as many logins as it can do, and checks at the same time. */
    void storm() throws Exception {
        double offered = 3 * loginRate;
        Load.Outcome[] logins = new Load.Outcome[1];
        Thread storm = new Thread(() -> {
            try {
                logins[0] = Load.atRate(PORT, offered, seconds * 2 + 4, 200, n -> post("/v4/auth-tokens/", Service.LOGIN_BODY));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        storm.start();
        Thread.sleep(2000);
        Load.Outcome checks = Load.atRate(PORT, cached / 10, seconds, 24, n -> verify(Tokens.of(n % 1000)));
        double most = Load.throughput(PORT, seconds, Load.get("/v4/auth-tokens/verify/", Tokens.range(0, 1000)));
        storm.join();
        atMost("storm of logins: p99 of a check", checks.p(0.99), "ms", 50);
        atLeast("storm of logins: checks, of the quiet rate", most, "/s", cached, 0.5 * coresLeft());
        atMost("storm of logins: p99 of a refusal", logins[0].refused(0.99), "ms", 20);
    }

    /** Every core hashes, and shares with the checks. */
    static double coresLeft() {
        return 0.5;
    }

    void uncached() throws Exception {
        List<String> tokens = Tokens.range(0, 1000);
        warm(Load.get("/v4/auth-tokens/verify/", tokens));
        double uncached = Load.throughput(PORT, seconds, Load.get("/v4/auth-tokens/verify/", tokens));
        atLeast("check in the database", uncached, "/s", noAuth, 0.5);
        Load.Outcome outcome = Load.atRate(PORT, uncached / 2, seconds, 24, n -> verify(Tokens.of(n % LIVE)));
        atMost("check in the database: p99 at half of that", outcome.p(0.99), "ms", 10);
    }

    void logouts() throws Exception {
        Tokens.insert(100_000_000, 200L * seconds, 0);
        try (Service service = service(Map.of())) {
            Load.throughput(PORT, 3, Load.get("/v4/auth-tokens/verify/", Tokens.range(0, 1000)));
            Load.Outcome outcome = Load.atRate(PORT, 200, seconds, 24, n -> delete(Tokens.of(100_000_000L + n)));
            row("logout, 200/s: p50", outcome.p(0.5), "ms", Double.NaN, Double.NaN, "", null);
            row("logout, 200/s: p99", outcome.p(0.99), "ms", Double.NaN, Double.NaN, "", null);
        }
    }

    /** From the answer to a logout on one replica to the first refusal on another, which had the token in memory. */
    void revocations() throws Exception {
        int count = full ? 1000 : 100;
        Tokens.insert(200_000_000, count, 0);
        List<Double> lags = new ArrayList<>();
        try (Service one = service(Map.of());
                Service other = Service.start(JAVA_JAR(), PORT + 1, Map.of()).awaitAnswer()) {
            Thread.sleep(2000);
            for (int i = 0; i < count; i++) {
                String token = Tokens.of(200_000_000L + i);
                other.check(token);
                one.logOut(token);
                long begin = System.nanoTime();
                while (other.check(token) == 200) {
                    Thread.onSpinWait();
                }
                lags.add((System.nanoTime() - begin) / 1e6);
            }
        }
        double[] sorted = lags.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        row("logout until another replica refuses: p50", sorted[count / 2], "ms", Double.NaN, Double.NaN, "", null);
        row("logout until another replica refuses: p99", sorted[count * 99 / 100], "ms", Double.NaN, Double.NaN, "", null);
        atMost("logout until another replica refuses: longest", sorted[count - 1], "ms", 1000);
    }

    void grow() throws Exception {
        double few = growthStep(LIVE);
        double last = few;
        for (long count = LIVE * 10; count <= most; count *= 10) {
            Tokens.insert(0, count, 0);
            Tokens.sql("vacuum analyze auth_tokens");
            last = growthStep(count);
        }
        if (most == 300_000) {
            Tokens.insert(0, most, 0);
            Tokens.sql("vacuum analyze auth_tokens");
            last = growthStep(most);
        }
        atMostRatio("check in the database, p99: " + most + " tokens to " + LIVE, last, "ms", few, 1.2);
    }

    private double growthStep(long count) throws Exception {
        try (Service service = service(Map.of("AUTH_TOKENS_CACHE_ENABLED", "false"))) {
            warm(Load.get("/v4/auth-tokens/verify/", Tokens.range(0, 1000)));
            Load.Outcome outcome = Load.atRate(
                    PORT, 1000, seconds * 2, 24, n -> verify(Tokens.of(ThreadLocalRandom.current().nextLong(count))));
            growth.add("p50", count, outcome.p(0.5));
            growth.add("p99", count, outcome.p(0.99));
            return outcome.p(0.99);
        }
    }

    void purge() throws Exception {
        Tokens.insert(300_000_000, expired, 30);
        Tokens.sql("vacuum analyze auth_tokens");
        Map<String, String> environment = Map.of(
                "AUTH_TOKENS_CACHE_ENABLED", "false", "AUTH_TOKENS_TOKEN_LIFESPAN", "20d", "AUTH_TOKENS_TOKEN_PURGE_INTERVAL", "1h");
        try (Service service = service(Map.of("AUTH_TOKENS_CACHE_ENABLED", "false"))) {
            warm(Load.get("/v4/auth-tokens/verify/", Tokens.range(0, 1000)));
            Load.Outcome quiet = Load.atRate(PORT, 1000, seconds, 24, n -> verify(Tokens.of(n % LIVE)));
            service.close();
            try (Service purging = Service.start(JAVA_JAR(), PORT, environment).awaitAnswer()) {
                warm(Load.get("/v4/auth-tokens/verify/", Tokens.range(0, 1000)));
                // The first purge begins ten seconds after the start.
                while (Tokens.count("created_at < now() - interval '20 days'") == expired) {
                    Thread.sleep(100);
                }
                long begin = System.nanoTime();
                Load.Outcome under = Load.atRate(PORT, 1000, seconds, 24, n -> verify(Tokens.of(n % LIVE)));
                long left = Tokens.count("created_at < now() - interval '20 days'");
                double rate = (expired - left) / ((System.nanoTime() - begin) / 1e9);
                row("purge: expired tokens", rate, "/s", Double.NaN, Double.NaN, "", null);
                atMostRatio("purge: p99 of a check, to the quiet one", under.p(0.99), "ms", quiet.p(0.99), 1.1);
            }
        }
    }

    /** The same operations of Keycloak: the column beside ours. */
    void peer() throws Exception {
        Keycloak.prepare();
        double start;
        double idle;
        double loaded;
        double logins;
        double introspections;
        double userinfos;
        double logout;
        try (Keycloak keycloak = Keycloak.start()) {
            start = keycloak.startMillis;
            Thread.sleep(3000);
            idle = keycloak.residentKilobytes() / 1000.0;
            keycloak.userinfos(15);
            introspections = keycloak.introspections(15);
            introspections = keycloak.introspections(seconds);
            userinfos = keycloak.userinfos(seconds);
            keycloak.logins(10);
            logins = keycloak.logins(seconds);
            logout = keycloak.logoutMillis(50);
            loaded = keycloak.residentKilobytes() / 1000.0;
        }
        List<String> command = nativeExecutable().map(List::of).orElse(JAVA_JAR());
        String how = nativeExecutable().isPresent() ? " (native)" : "";
        try (Service warm = Service.start(command, PORT, Map.of()).awaitAnswer()) {
            String token = warm.logIn();
            warm.close();
            long begin = System.nanoTime();
            try (Service service = Service.start(command, PORT, Map.of()).awaitOk(token)) {
                lower("Keycloak: start" + how, (System.nanoTime() - begin) / 1e6, "ms", start, 50);
                Thread.sleep(3000);
                lower("Keycloak: resident memory idle" + how, service.residentKilobytes() / 1000.0, "MB", idle, 5);
                String introspection = introspection(token, Tokens.of(0));
                warm(introspection);
                warm(Load.get("/v4/auth-tokens/verify/", Tokens.range(0, 1000)));
                higher("Keycloak: introspection" + how, Load.throughput(PORT, seconds, introspection), introspections, 5);
                double verified = Load.throughput(PORT, seconds, Load.get("/v4/auth-tokens/verify/", Tokens.range(0, 1000)));
                higher("Keycloak: check (its userinfo)" + how, verified, userinfos, 5);
                Load.throughput(PORT, 5, Load.login());
                higher("Keycloak: login, bcrypt to its Argon2" + how, Load.throughput(PORT, seconds, Load.login()), logins, 0);
                double millis = 0;
                for (int i = 0; i < 50; i++) {
                    String each = service.logIn();
                    begin = System.nanoTime();
                    service.logOut(each);
                    millis += (System.nanoTime() - begin) / 1e6 / 50;
                }
                lower("Keycloak: logout" + how, millis, "ms", logout, 0);
                lower("Keycloak: resident memory after load" + how, service.residentKilobytes() / 1000.0, "MB", loaded, 5);
            }
        }
    }

    private static java.util.Optional<String> nativeExecutable() throws IOException {
        try (var files = Files.list(Path.of("target"))) {
            return files.map(Path::toString).filter(name -> name.endsWith("-runner")).findFirst();
        }
    }

    private void higher(String name, double ours, double theirs, double times) {
        row(name, ours, "/s", theirs, ours / theirs, times(times), times == 0 ? null : ours / theirs >= times);
    }

    private void lower(String name, double ours, String unit, double theirs, double times) {
        row(name, ours, unit, theirs, theirs / ours, times(times), times == 0 ? null : theirs / ours >= times);
    }

    private static String times(double times) {
        return times == 0 ? "" : String.format(Locale.ROOT, "%.0f times", times);
    }

    static String introspection(String caller, String token) {
        return "wrk.method = 'POST'\nwrk.path = '/oauth2/introspect'\n"
                + "wrk.headers['Content-Type'] = 'application/x-www-form-urlencoded'\n"
                + "wrk.headers['Authorization'] = 'giantswarm " + caller + "'\nwrk.body = 'token=" + token + "'\n";
    }

    static void warm(String script) throws Exception {
        Load.throughput(PORT, 5, script);
    }

    static Service service(Map<String, String> environment) throws Exception {
        return Service.start(JAVA_JAR(), PORT, environment).awaitAnswer();
    }

    static List<String> JAVA_JAR() {
        return with(JAVA, "-jar", JAR.toString());
    }

    static String verify(String token) {
        return "GET /v4/auth-tokens/verify/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: giantswarm " + token + "\r\n\r\n";
    }

    static String delete(String token) {
        return "DELETE /v4/auth-tokens/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: giantswarm " + token + "\r\n\r\n";
    }

    static String post(String path, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
    }

    static List<String> java(String... flags) {
        return with(List.of(ProcessHandle.current().info().command().orElseThrow()), flags);
    }

    static List<String> with(List<String> command, String... more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        return all;
    }

    void atLeast(String name, double value, String unit, double limit, double budget) {
        if (value / limit < budget / 2) {
            gross.add(name);
        }
        row(name, value, unit, limit, value / limit, String.format(Locale.ROOT, "at least %.2f", budget), value / limit >= budget);
    }

    void atMost(String name, double value, String unit, double budget) {
        row(name, value, unit, Double.NaN, Double.NaN, String.format(Locale.ROOT, "under %.0f %s", budget, unit), value < budget);
    }

    void atMostRatio(String name, double value, String unit, double limit, double budget) {
        row(name, value, unit, limit, value / limit, String.format(Locale.ROOT, "at most %.1f", budget), value / limit <= budget);
    }

    void row(String name, double value, String unit, double limit, double ratio, String budget, Boolean met) {
        Row row = new Row(name, value, unit, limit, ratio, budget, met);
        rows.add(row);
        System.err.println(text(row));
    }

    static String text(Row row) {
        return String.format(
                Locale.ROOT,
                "| %s | %s %s | %s | %s | %s | %s |",
                row.name(),
                number(row.value()),
                row.unit(),
                Double.isNaN(row.limit()) ? "" : number(row.limit()) + " " + row.unit(),
                Double.isNaN(row.ratio()) ? "" : String.format(Locale.ROOT, "%.2f", row.ratio()),
                row.budget(),
                row.met() == null ? "" : row.met() ? "yes" : "no");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
    }

    void report() throws IOException {
        System.out.println("| | value | beside it | ratio | budget | met |");
        System.out.println("| --- | --- | --- | --- | --- | --- |");
        rows.forEach(row -> System.out.println(text(row)));
        Files.writeString(
                Path.of("target/benchmark.json"),
                rows.stream()
                        .map(row -> String.format(
                                Locale.ROOT,
                                "  {\"name\": \"%s\", \"value\": %s, \"unit\": \"%s\", \"limit\": %s, \"ratio\": %s, \"budget\": \"%s\", \"met\": %s}",
                                row.name(), json(row.value()), row.unit(), json(row.limit()), json(row.ratio()), row.budget(), row.met()))
                        .collect(Collectors.joining(",\n", "[\n", "\n]\n")));
        Files.writeString(Path.of("target/benchmark.svg"), Chart.svg(latencyByLoad, growth));
    }

    private static String json(double value) {
        return Double.isNaN(value) ? "null" : String.format(Locale.ROOT, "%.4f", value);
    }
}
