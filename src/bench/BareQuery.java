import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Tokens per second that PostgreSQL's driver reads with nothing around it: a thread and a connection for each in flight. */
class BareQuery {

    private static final String FIND = "select t.id, t.created_at, t.last_used_at, u.id, u.email, u.role, u.expires_at"
            + " from auth_tokens t join users u on u.id = t.user_id where t.digest = ?";

    public static void main(String[] args) throws Exception {
        List<byte[]> digests = new ArrayList<>();
        for (int number = 0; number < 1000; number++) {
            digests.add(Tokens.digest(number));
        }
        System.out.println(Rate.of(Integer.parseInt(args[0]), Integer.parseInt(args[1]), end -> read(digests, end)));
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
