import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The same of the service and of other servers, one after the other on the same cores and the same PostgreSQL, by the same
 * load. What a peer cannot do is a dash with its reason.
 */
final class Peers {

    static final String START = "start to the first valid check, ms";
    static final String IDLE = "memory idle, MiB";
    static final String LOADED = "memory after the load, MiB";
    static final String LOGIN = "logins per second";
    static final String CHECK = "checks per second";
    static final String CHECK_P99 = "check at half of that: p99, ms";
    static final String INTROSPECTION = "introspections (RFC 7662) per second";
    static final String LOGOUT = "logout: median, ms";
    static final String REFUSED = "logout until a second instance refuses: median, ms";
    static final String REFUSED_LONGEST = "the same: longest, ms";

    private static final List<String> ROWS = List.of(
            START, IDLE, LOADED, LOGIN, CHECK, CHECK_P99, INTROSPECTION, LOGOUT, REFUSED, REFUSED_LONGEST);
    private static final int STARTS = 3;
    private static final long LIMIT_NANOS = 60_000_000_000L;

    private final boolean full;
    private final int seconds;
    private final int sessions;
    private final Map<Peer, Map<String, Object>> columns = new LinkedHashMap<>();

    private Peers(boolean full) {
        this.full = full;
        this.seconds = full ? 15 : 3;
        this.sessions = full ? 120 : 10;
    }

    /** @param args "long" or "short", and names of peers: all, when there are none */
    public static void main(String[] args) throws Exception {
        List<String> options = new ArrayList<>(Arrays.asList(args));
        Peers peers = new Peers(options.remove("long"));
        options.remove("short");
        for (Peer peer : all()) {
            String name = peer.name().split(" ")[0].toLowerCase(Locale.ROOT);
            if (options.isEmpty() || options.contains(name)) {
                System.err.println("Measuring " + peer.name());
                peers.measure(peer);
            }
        }
        Path folder = Files.createDirectories(Path.of("target/benchmark"));
        Files.writeString(folder.resolve("peers.svg"), Bars.svg(peers.columns));
        Files.writeString(folder.resolve("peers.md"), peers.table());
        System.out.print(peers.table());
    }

    private static List<Peer> all() throws IOException {
        List<Peer> all = new ArrayList<>();
        try (var files = Files.list(Path.of("target"))) {
            files.map(Path::toString)
                    .filter(name -> name.endsWith("-runner"))
                    .findFirst()
                    .ifPresent(runner -> all.add(new AuthTokens("auth-tokens (native)", List.of(runner))));
        }
        all.add(new AuthTokens("auth-tokens (JVM)", Service.JVM));
        all.addAll(List.of(new Keycloak(), new Keystone(), new Glewlwyd(), new BetterAuth()));
        return all;
    }

    /** Until the server answers so; nothing else is sent meanwhile. */
    static Connection.Answer await(Server server, Request request, Predicate<Connection.Answer> wanted) throws Exception {
        long end = System.nanoTime() + LIMIT_NANOS;
        while (server.isAlive() && System.nanoTime() < end) {
            try {
                Connection.Answer answer = Connection.once(server.port, request);
                if (wanted.test(answer)) {
                    return answer;
                }
            } catch (IOException notYet) {
                // Tried again.
            }
            Thread.sleep(1);
        }
        throw new IllegalStateException("no such answer, see " + Service.LOG);
    }

    private void measure(Peer peer) {
        columns.put(peer, new LinkedHashMap<>());
        try {
            peer.prepare();
            List<Connection.Answer> logins = one(peer);
            peer.prepareSecondInstance();
            two(peer, logins);
        } catch (Exception e) {
            e.printStackTrace();
            ROWS.forEach(row -> columns.get(peer).putIfAbsent(row, reason(e)));
        }
    }

    private List<Connection.Answer> one(Peer peer) throws Exception {
        Connection.Answer login;
        try (Server server = peer.start(0)) {
            login = await(server, peer.login(), answer -> answer.status() / 100 == 2);
        }
        row(peer, START, () -> start(peer, login));
        try (Server server = peer.start(0)) {
            await(server, peer.check(login), peer::isValid);
            Thread.sleep(3000);
            row(peer, IDLE, server::mebibytes);
            row(peer, LOGIN, () -> rate(server.port, List.of(peer.login())));
            List<Connection.Answer> logins = logIn(peer, server.port);
            List<Request> checks = logins.stream().map(peer::check).toList();
            row(peer, CHECK, () -> rate(server.port, checks));
            if (columns.get(peer).get(CHECK) instanceof Double rate) {
                row(peer, CHECK_P99, () -> Load.atRate(
                                server.port, rate / 2, seconds, 24, n -> checks.get(n % checks.size()).text())
                        .p(0.99));
            }
            row(peer, INTROSPECTION, () -> rate(
                    server.port,
                    logins.stream()
                            .map(each -> peer.introspection(each).orElseThrow(() -> new IllegalStateException("has none")))
                            .toList()));
            row(peer, LOADED, server::mebibytes);
            // Whatever was measured was good answers about valid tokens.
            await(server, checks.get(0), peer::isValid);
            return logins;
        }
    }

    private static double start(Peer peer, Connection.Answer login) throws Exception {
        double[] millis = new double[STARTS];
        for (int i = 0; i < STARTS; i++) {
            long begin = System.nanoTime();
            try (Server server = peer.start(0)) {
                await(server, peer.check(login), peer::isValid);
                millis[i] = (System.nanoTime() - begin) / 1e6;
            }
        }
        return Benchmark.median(millis);
    }

    private double rate(int port, List<Request> requests) throws Exception {
        String script = Request.script(requests);
        warm(port, script);
        return Load.throughput(port, seconds, script);
    }

    /** The first answers of each process of a cold server may be errors, what is measured may not. */
    private void warm(int port, String script) throws Exception {
        for (int errors = 0; ; errors++) {
            try {
                // A large Java server is compiled for longer than a small one.
                Load.warm(port, script, full ? 4 : 1, full ? 20 : 7);
                return;
            } catch (IllegalStateException cold) {
                if (errors == 5) {
                    throw cold;
                }
            }
        }
    }

    private List<Connection.Answer> logIn(Peer peer, int port) throws Exception {
        List<Connection.Answer> logins = new ArrayList<>();
        try (Connection connection = new Connection(port)) {
            for (int i = 0; i < sessions; i++) {
                logins.add(connection.send(peer.login()));
            }
        }
        return logins;
    }

    /** How long a logout takes, and how long until the other instance, which has just accepted the token, refuses it. */
    private void two(Peer peer, List<Connection.Answer> logins) throws Exception {
        List<Double> logouts = new ArrayList<>();
        List<Double> lags = new ArrayList<>();
        try (Server one = peer.start(0);
                Server other = peer.start(1);
                Connection toOne = new Connection(one.port);
                Connection toOther = new Connection(other.port)) {
            String checks = Request.script(logins.stream().map(peer::check).toList());
            for (Server server : List.of(one, other)) {
                await(server, peer.check(logins.get(0)), peer::isValid);
                warm(server.port, checks);
            }
            for (Connection.Answer login : logins) {
                if (!peer.isValid(toOther.send(peer.check(login)))) {
                    throw new IllegalStateException("the second instance refuses a valid token");
                }
                sleepForPartOfAnInterval();
                long begin = System.nanoTime();
                Connection.Answer answer = toOne.send(peer.logout(login));
                long done = System.nanoTime();
                if (answer.status() / 100 != 2) {
                    throw new IllegalStateException("logout: " + answer.status() + " " + answer.body());
                }
                while (peer.isValid(toOther.send(peer.check(login)))) {
                    if (System.nanoTime() - done > LIMIT_NANOS) {
                        throw new IllegalStateException("still accepted after a minute");
                    }
                }
                logouts.add((done - begin) / 1e6);
                lags.add((System.nanoTime() - done) / 1e6);
            }
        }
        // The first ones are slower, the Java runtime compiles.
        double[] logoutMillis = logouts.stream().skip(sessions / 6).mapToDouble(each -> each).toArray();
        double[] lagMillis = lags.stream().skip(sessions / 6).mapToDouble(each -> each).toArray();
        row(peer, LOGOUT, () -> Benchmark.median(logoutMillis));
        row(peer, REFUSED, () -> Benchmark.median(lagMillis));
        row(peer, REFUSED_LONGEST, () -> lagMillis[lagMillis.length - 1]);
    }

    /**
     * Whoever reads revocations at intervals has just done so when it refuses the last token: the next logout comes at any
     * moment of such an interval, not always at its begin.
     */
    static void sleepForPartOfAnInterval() throws InterruptedException {
        Thread.sleep(ThreadLocalRandom.current().nextInt(100));
    }

    private void row(Peer peer, String name, Callable<Double> measurement) {
        Object value;
        try {
            value = measurement.call();
        } catch (Exception e) {
            value = reason(e);
        }
        columns.get(peer).put(name, value);
        System.err.println("  " + name + ": " + value);
    }

    private static String reason(Exception e) {
        return Optional.ofNullable(e.getMessage()).orElse(e.toString()).lines().findFirst().orElse("ended");
    }

    private String table() {
        List<String> notes = new ArrayList<>();
        StringBuilder table = new StringBuilder();
        line(table, "", Peer::name);
        line(table, "---", peer -> "---");
        line(table, "hash of passwords", Peer::hash);
        line(table, "check by", Peer::checkedBy);
        for (String row : ROWS) {
            line(table, row, peer -> {
                Object value = columns.get(peer).get(row);
                if (value instanceof Double number) {
                    return String.format(Locale.ROOT, number < 100 ? "%.1f" : "%,.0f", number);
                }
                String note = peer.name() + ": " + (value == null ? "not measured" : value) + ".";
                if (!notes.contains(note)) {
                    notes.add(note);
                }
                return "– (" + (notes.indexOf(note) + 1) + ")";
            });
        }
        for (int i = 0; i < notes.size(); i++) {
            table.append(i == 0 ? "\n" : "").append(i + 1).append(". ").append(notes.get(i)).append('\n');
        }
        return table.toString();
    }

    private void line(StringBuilder table, String row, java.util.function.Function<Peer, String> cell) {
        table.append(columns.keySet().stream().map(cell).collect(Collectors.joining(" | ", "| " + row + " | ", " |\n")));
    }
}
