import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;

/** Tokens per second that PostgreSQL's driver reads with nothing around it: a thread and a connection for each in flight. */
class BareQuery {

    private static final String FIND = "select t.id, t.created_at, t.last_used_at, u.id, u.email, u.role, u.expires_at"
            + " from auth_tokens t join users u on u.id = t.user_id where t.digest = ?";

    public static void main(String[] args) throws Exception {
        int inFlight = Integer.parseInt(args[0]);
        List<byte[]> digests = new ArrayList<>();
        for (int number = 0; number < 1000; number++) {
            digests.add(Tokens.digest(number));
        }
        ExecutorService threads = Executors.newFixedThreadPool(inFlight);
        double rate = 0;
        // The first round warms up.
        for (int round = 0; round < 2; round++) {
            long begin = System.nanoTime();
            long end = begin + Long.parseLong(args[1]) * 1_000_000_000;
            List<Future<Integer>> counts = new ArrayList<>();
            for (int i = 0; i < inFlight; i++) {
                Callable<Integer> reads = () -> read(digests, end);
                counts.add(threads.submit(reads));
            }
            int all = 0;
            for (Future<Integer> count : counts) {
                all += count.get();
            }
            rate = all / ((System.nanoTime() - begin) / 1e9);
        }
        threads.shutdown();
        System.out.println(rate);
    }

    private static int read(List<byte[]> digests, long end) throws Exception {
        try (Connection connection = Tokens.connect();
                PreparedStatement statement = connection.prepareStatement(FIND)) {
            int count = 0;
            for (; System.nanoTime() < end; count++) {
                statement.setBytes(1, digests.get(ThreadLocalRandom.current().nextInt(digests.size())));
                try (ResultSet row = statement.executeQuery()) {
                    if (!row.next() || row.getString(5) == null) {
                        throw new IllegalStateException("It is not there");
                    }
                }
            }
            return count;
        }
    }
}
