import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What it costs to delete a month of audit events in batches, as the service does, and what it would cost if the table
 * were partitioned by month and the oldest partition dropped; both while events are inserted.
 */
class AuditDeletion {

    private static final int PER_SECOND = 200;
    private static final int CONNECTIONS = 4;
    private static final String PLAIN = "audit_events";
    private static final String PARTITIONED = "audit_events_by_month";

    /** Of a login; %s is when. */
    private static final String EVENT = "(at, kind, outcome, account, token_id, request_id, address, user_agent)"
            + " select %s, 'LOGIN', 'SUCCESS', 'user-' || n %% 10000 || '@example.com', gen_random_uuid(),"
            + " gen_random_uuid()::text, '192.0.2.1', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'";

    public static void main(String[] args) throws Exception {
        long rows = Long.parseLong(args[0]);
        Service.firstLogin(Service.JVM);
        partition();
        System.out.println("| | batches | partition |\n| --- | --- | --- |");
        print("twelve months inserted in bulk, rows/s", rows / fill(PLAIN, rows), rows / fill(PARTITIONED, rows));
        Tokens.sql("vacuum analyze " + PLAIN, "vacuum analyze " + PARTITIONED);
        double[] quietPlain = quiet(PLAIN);
        double[] quietPartitioned = quiet(PARTITIONED);
        print("one insert while nothing is deleted: p50, ms", p(0.5, quietPlain), p(0.5, quietPartitioned));
        print("the same: p99, ms", p(0.99, quietPlain), p(0.99, quietPartitioned));

        double before = megabytes(PLAIN);
        double partitionedBefore = partitionedMegabytes();
        long all = count(PLAIN);
        double[] seconds = new double[2];
        double[] whileDeleting = inserting(PLAIN, () -> seconds[0] = purge());
        long deleted = all + whileDeleting.length - count(PLAIN);
        long month = count(PARTITIONED + "_1");
        double[] whileDropping = inserting(PARTITIONED, () -> {
            Thread.sleep(2000);
            long begin = System.nanoTime();
            Tokens.sql("drop table " + PARTITIONED + "_1");
            seconds[1] = (System.nanoTime() - begin) / 1e9;
            Thread.sleep(2000);
        });
        print("the oldest month deleted, rows", deleted, month);
        print("the same, s", seconds[0], seconds[1]);
        print("the same, rows/s", deleted / seconds[0], month / seconds[1]);
        print("one insert meanwhile: p99, ms", p(0.99, whileDeleting), p(0.99, whileDropping));
        print("one insert meanwhile: longest, ms", p(1, whileDeleting), p(1, whileDropping));
        print("size before, MB", before, partitionedBefore);
        print("size after, MB", megabytes(PLAIN), partitionedMegabytes());
        Tokens.sql("vacuum " + PLAIN);
        Tokens.sql("insert into " + PLAIN + EVENT.formatted("now()") + " from generate_series(1, " + deleted + ") n");
        Tokens.sql("insert into " + PARTITIONED + EVENT.formatted("now()") + " from generate_series(1, " + month + ") n");
        print("size after vacuum and as many new events, MB", megabytes(PLAIN), partitionedMegabytes());
    }

    /** The table as the service has it, but for the primary key, which a partitioned one cannot have on the id alone. */
    private static void partition() throws Exception {
        List<String> statements = new ArrayList<>(List.of(
                "create table " + PARTITIONED + " (like " + PLAIN + " including identity, primary key (id, at)) partition by range (at)",
                "create index on " + PARTITIONED + " (at)",
                "create index on " + PARTITIONED + " (account, id)",
                "create index on " + PARTITIONED + " (kind, id)"));
        for (int month = 1; month <= 13; month++) {
            statements.add(String.format(
                    "do $$ begin execute format('create table %1$s_%2$d partition of %1$s for values from (%%L) to (%%L)',"
                            + " date_trunc('day', now()) - interval '%3$d days', date_trunc('day', now()) - interval '%4$d days'); end $$",
                    PARTITIONED, month, (13 - month) * 30, (12 - month) * 30));
        }
        Tokens.sql(statements.toArray(String[]::new));
    }

    /** Seconds that it takes to insert so many events, of the last 360 days. */
    private static double fill(String table, long rows) throws Exception {
        long begin = System.nanoTime();
        Tokens.sql("insert into " + table
                + EVENT.formatted("date_trunc('day', now()) - interval '360 days' + n * (interval '360 days' / " + rows + ")")
                + " from generate_series(0, " + (rows - 1) + ") n");
        return (System.nanoTime() - begin) / 1e9;
    }

    private static double[] quiet(String table) throws Exception {
        return inserting(table, () -> Thread.sleep(6000));
    }

    private interface Work {
        void run() throws Exception;
    }

    /** Milliseconds of every insert, from when it was due, while the work goes on; sorted. */
    private static double[] inserting(String table, Work work) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        List<Future<List<Double>>> inserts = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Callable<List<Double>> insert = () -> insert(table, done);
            inserts.add(threads.submit(insert));
        }
        work.run();
        done.set(true);
        List<Double> all = new ArrayList<>();
        for (Future<List<Double>> each : inserts) {
            all.addAll(each.get());
        }
        threads.shutdown();
        return all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    private static List<Double> insert(String table, AtomicBoolean done) throws Exception {
        List<Double> millis = new ArrayList<>();
        try (Connection connection = Tokens.connect();
                PreparedStatement statement = connection.prepareStatement(
                        "insert into " + table + EVENT.formatted("now()") + " from (values (1)) as one(n)")) {
            long begin = System.nanoTime();
            while (!done.get()) {
                long due = begin + millis.size() * 1_000_000_000L * CONNECTIONS / PER_SECOND;
                Load.sleepUntil(due);
                statement.executeUpdate();
                millis.add((System.nanoTime() - due) / 1e6);
            }
        }
        return millis;
    }

    /** Seconds that the service takes from the first batch to the last. */
    private static double purge() throws Exception {
        String oldest = oldest();
        try (Service service = Service.start(Map.of("AUTH_TOKENS_AUDIT_RETENTION", "330d")).awaitAnswer()) {
            while (oldest.equals(oldest())) {
                Thread.sleep(20);
            }
            long begin = System.nanoTime();
            while (Tokens.value("select exists (select from " + PLAIN + " where at < now() - interval '330 days 1 minute')").equals("t")) {
                Thread.sleep(100);
            }
            return (System.nanoTime() - begin) / 1e9;
        }
    }

    private static String oldest() throws Exception {
        return Tokens.value("select min(at) from " + PLAIN);
    }

    private static long count(String table) throws Exception {
        return Long.parseLong(Tokens.value("select count(*) from " + table));
    }

    private static double megabytes(String table) throws Exception {
        return Double.parseDouble(Tokens.value("select pg_total_relation_size('" + table + "')")) / 1e6;
    }

    private static double partitionedMegabytes() throws Exception {
        return Double.parseDouble(Tokens.value(
                        "select sum(pg_total_relation_size(relid)) from pg_partition_tree('" + PARTITIONED + "')"))
                / 1e6;
    }

    private static double p(double share, double[] sorted) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    private static void print(String name, double batches, double partition) {
        System.out.printf(Locale.ROOT, "| %s | %s | %s |%n", name, number(batches), number(partition));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%,.0f", value);
    }
}
