import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** What becomes of checks, logins and the writing of last uses as the tokens grow by the thousandfold, and at a purge. */
final class Growth {

    private static final Map<String, String> SETTINGS = Map.of(
            "AUTH_TOKENS_CACHE_ENABLED", "false",
            "AUTH_TOKENS_TOKEN_LIFESPAN", "20d",
            "AUTH_TOKENS_TOKEN_PURGE_INTERVAL", "1s");
    private static final String LOCK = "(hashtextextended('auth-tokens: delete tokens', 0))";
    private static final String EXPIRED = "created_at < now() - interval '20 days'";

    final Chart chart = new Chart("Latency of a check by live tokens", "tokens", "ms");
    private final Benchmark benchmark;
    private final Report report;
    private final int seconds;
    private final long most;
    private final long expired;
    private final int rounds;

    /** @param login at the rate of a third of what the cores can hash */
    private record Step(double check, double login, double lastUse) {}

    Growth(Benchmark benchmark) {
        this.benchmark = benchmark;
        this.report = benchmark.report;
        this.seconds = benchmark.seconds;
        this.most = benchmark.full ? 10_000_000 : 300_000;
        this.expired = benchmark.full ? 1_000_000 : 100_000;
        this.rounds = benchmark.full ? 20 : 5;
    }

    void run() throws Exception {
        Tokens.insert(0, Benchmark.LIVE, 0);
        try (Service service = Service.start(SETTINGS).awaitAnswer()) {
            Load.warm(benchmark.checks);
            Load.throughput(5, Load.login());
            grow();
            purge();
        }
    }

    private void grow() throws Exception {
        List<Long> sizes = new ArrayList<>(List.of((long) Benchmark.LIVE));
        for (long size = Benchmark.LIVE * 10L; benchmark.full && size < most; size *= 10) {
            sizes.add(size);
        }
        sizes.add(most);
        Load.atRate(1000, seconds, 24, n -> Load.verify(n % Benchmark.LIVE));
        Step first = null;
        Step last = null;
        for (long size : sizes) {
            Tokens.insert(0, size, 0);
            Tokens.settle();
            last = step(size);
            first = first == null ? last : first;
        }
        String sizesCompared = ": " + most + " tokens to " + Benchmark.LIVE;
        report.ratioAtMost("check in the database, p99" + sizesCompared, last.check(), "ms", first.check(), 1.2, 20);
        report.ratioAtMost("login, p99" + sizesCompared, last.login(), "ms", first.login(), 1.2, 10);
        report.compared("a thousand last uses written" + sizesCompared, last.lastUse(), "ms", first.lastUse());
    }

    private Step step(long size) throws Exception {
        Load.Outcome checks = Load.atRate(
                1000, seconds * 2, 24, n -> Load.verify(ThreadLocalRandom.current().nextLong(size)));
        chart.add("p50", size, checks.p(0.5));
        chart.add("p99", size, checks.p(0.99));
        Load.Outcome logins = Load.atRate(6, seconds * 2, 24, n -> Load.logIn());
        return new Step(
                checks.p(0.99),
                logins.p(0.99),
                Benchmark.outputOf("dev.authtokens.token.LastUseBatch", String.valueOf(size)));
    }

    /**
     * With the same tokens, by turns while the lock of the deletion is held here and while the deletion works: in many short
     * windows, since what else happens on the machine is in neighbours alike, and the median leaves out the rest.
     */
    private void purge() throws Exception {
        try (Connection connection = Tokens.connect(); Statement lock = connection.createStatement()) {
            purge(lock);
        }
    }

    private void purge(Statement lock) throws Exception {
        lock.execute("select pg_advisory_lock" + LOCK);
        Tokens.insert(300_000_000, expired, 30);
        Tokens.settle();
        checks();
        double[] quiet = new double[rounds];
        double[] meanwhile = new double[rounds];
        long worked = 0;
        long deleted = 0;
        for (int round = 0; round < rounds; round++) {
            quiet[round] = checks().p(0.99);
            String oldest = Tokens.oldest();
            lock.execute("select pg_advisory_unlock" + LOCK);
            // It comes by itself, within a second.
            while (oldest.equals(Tokens.oldest())) {
                Thread.sleep(10);
            }
            long begin = System.nanoTime();
            deleted += Tokens.count(EXPIRED);
            meanwhile[round] = checks().p(0.99);
            deleted -= Tokens.count(EXPIRED);
            worked += System.nanoTime() - begin;
            lock.execute("select pg_advisory_lock" + LOCK);
        }
        report.value("purge: expired tokens", deleted / (worked / 1e9), "/s");
        report.ratioAtMost("purge: p99 of a check, to the quiet one", Benchmark.median(meanwhile), "ms", Benchmark.median(quiet), 1.1, 50);
    }

    private Load.Outcome checks() throws Exception {
        return Load.atRate(1000, benchmark.full ? 5 : 2, 24, n -> Load.verify(n % Benchmark.LIVE));
    }
}
