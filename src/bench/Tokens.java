import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;

/** Tokens by the million that both the database and the client can make from their number. */
final class Tokens {

    static final String USER = System.getenv("QUARKUS_DATASOURCE_USERNAME");
    static final String PASSWORD = System.getenv("QUARKUS_DATASOURCE_PASSWORD");

    private static final String URL = System.getenv("QUARKUS_DATASOURCE_JDBC_URL");

    /** Who has the tokens, one after the other. */
    private static final int ACCOUNTS = 10_000;

    private Tokens() {}

    /** The token whose random bits are the SHA-256 of {@code bench <number>}. */
    static String of(long number) {
        byte[] random = random(number);
        CRC32 checksum = new CRC32();
        checksum.update(random);
        byte[] all = ByteBuffer.allocate(36).put(random).putInt((int) checksum.getValue()).array();
        return "gsa_" + Base64.getUrlEncoder().encodeToString(all);
    }

    /** What the database has of it. */
    static byte[] digest(long number) {
        return sha256(random(number));
    }

    private static byte[] random(long number) {
        return sha256(("bench " + number).getBytes(StandardCharsets.UTF_8));
    }

    static List<String> range(long from, int count) {
        List<String> tokens = new ArrayList<>();
        for (long number = from; number < from + count; number++) {
            tokens.add(of(number));
        }
        return tokens;
    }

    /** Gives the accounts the tokens of these numbers, made one after the other up to so many days ago. */
    static void insert(long from, long count, int daysAgo) throws SQLException {
        sql("""
                insert into users (email, email_canonical, password_hash, role, created_at)
                select email, email, 'none', 'USER', now()
                from (select 'user-' || n || '@example.com' from generate_series(1, %d) n) as all_of_them(email)
                where not exists (select from users where role = 'USER')""".formatted(ACCOUNTS), """
                insert into auth_tokens (digest, id, user_id, created_at)
                select sha256(sha256(('bench ' || n)::bytea)), gen_random_uuid(),
                       accounts.ids[1 + n %% %d],
                       now() - interval '%d days' - (%d - n) * interval '10 ms'
                from generate_series(%d, %d) n, (select array_agg(id) as ids from users where role = 'USER') as accounts
                on conflict do nothing"""
                .formatted(ACCOUNTS, daysAgo, from + count, from, from + count - 1));
    }

    /** As the tables are after a while, with nothing left to write of what made them so. */
    static void settle() throws SQLException {
        sql("vacuum analyze auth_tokens", "vacuum analyze users", "vacuum analyze audit_events");
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("checkpoint");
        }
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
        return Long.parseLong(value("select count(*) from auth_tokens where " + condition));
    }

    /** When the oldest was made. */
    static String oldest() throws SQLException {
        return value("select min(created_at) from auth_tokens");
    }

    static String value(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    /** An empty one beside the service's own, on the same server, for a peer. */
    static void createDatabase(String name) throws SQLException {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name + " owner " + USER);
        }
    }

    /** Of a database on the same server, like {@code postgresql://host:port/name}. */
    static String uri(String database) {
        return URL.replaceFirst("^jdbc:", "").replaceFirst("/[^/]*$", "/" + database);
    }

    static Connection connect() throws SQLException {
        return connect(USER);
    }

    private static Connection connect(String user) throws SQLException {
        return DriverManager.getConnection(URL, user, PASSWORD);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
