import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;

/** Tokens by the million that both the database and the client can make from their number. */
final class Tokens {

    private Tokens() {}

    /** The token whose random bits are the SHA-256 of {@code bench <number>}. */
    static String of(long number) {
        byte[] random = sha256("bench " + number);
        CRC32 checksum = new CRC32();
        checksum.update(random);
        byte[] all = ByteBuffer.allocate(36).put(random).putInt((int) checksum.getValue()).array();
        return "gsa_" + Base64.getUrlEncoder().encodeToString(all);
    }

    static List<String> range(long from, int count) {
        List<String> tokens = new ArrayList<>();
        for (long number = from; number < from + count; number++) {
            tokens.add(of(number));
        }
        return tokens;
    }

    /** Gives the first account the tokens of these numbers, made so many days ago. */
    static void insert(long from, long count, int daysAgo) throws SQLException {
        sql("""
                insert into auth_tokens (digest, id, user_id, created_at)
                select sha256(sha256(('bench ' || n)::bytea)), gen_random_uuid(), (select min(id) from users),
                       now() - interval '%d days'
                from generate_series(%d, %d) n on conflict do nothing"""
                .formatted(daysAgo, from, from + count - 1));
    }

    static void sql(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    static long count(String condition) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                java.sql.ResultSet rows = statement.executeQuery("select count(*) from auth_tokens where " + condition)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static Connection connect() throws SQLException {
        return DriverManager.getConnection(
                System.getenv("QUARKUS_DATASOURCE_JDBC_URL"),
                System.getenv("QUARKUS_DATASOURCE_USERNAME"),
                System.getenv("QUARKUS_DATASOURCE_PASSWORD"));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
