package dev.authtokens.harness;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** A real PostgreSQL of a test that stops or configures it; the others share one: {@link SharedPostgres}. */
public final class Postgres implements AutoCloseable {

    public static final String USER = "postgres";
    public static final String PASSWORD = "database-password-of-the-tests";

    private final EmbeddedPostgres server;

    private Postgres(EmbeddedPostgres server) {
        this.server = server;
    }

    public static Postgres start() {
        return start(EmbeddedPostgres.builder().setPort(ServiceProcess.freePort()));
    }

    /** One that takes encrypted connections, with {@code tls.crt} and {@code tls.key} of the folder. */
    public static Postgres startWithTls(Path folder) {
        return start(EmbeddedPostgres.builder()
                .setPort(ServiceProcess.freePort())
                .setServerConfig("ssl", "on")
                .setServerConfig("ssl_cert_file", folder.resolve("tls.crt").toString())
                .setServerConfig("ssl_key_file", folder.resolve("tls.key").toString()));
    }

    /** Starts, or starts again, the server of a data folder on a fixed port. */
    public static Postgres start(Path data, int port) {
        return start(EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPort(port));
    }

    /**
     * A hot standby that streams from this server.
     *
     * @param primaryData data folder of this server
     * @param data new folder for the standby
     */
    public Postgres startStandby(Path primaryData, Path data) {
        try (Connection connection = DriverManager.getConnection(url(), USER, PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_backup_start('standby', true)");
            copy(primaryData, data);
            try (ResultSet row = statement.executeQuery("select labelfile from pg_backup_stop(false)")) {
                row.next();
                Files.writeString(data.resolve("backup_label"), row.getString(1));
            }
            Files.writeString(data.resolve("standby.signal"), "");
            Files.writeString(
                    data.resolve("postgresql.auto.conf"),
                    "primary_conninfo = 'host=127.0.0.1 port=" + port() + " user=" + USER + "'\n",
                    StandardOpenOption.APPEND);
            return start(data, ServiceProcess.freePort());
        } catch (IOException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path relative = from.relativize(file);
                if (Files.isDirectory(file)) {
                    Files.createDirectories(to.resolve(relative));
                } else if (!relative.toString().startsWith("postmaster.") && !relative.startsWith("pg_wal")) {
                    // A file may go away meanwhile; the log that is replayed says so too.
                    Files.copy(file, to.resolve(relative));
                }
            }
        }
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwx------"));
    }

    private static Postgres start(EmbeddedPostgres.Builder builder) {
        try {
            return new Postgres(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return server.getPort();
    }

    public String url() {
        return url(port(), "postgres");
    }

    /** A new, empty database on this server. */
    public String newDatabase() {
        return newDatabase(url());
    }

    static String newDatabase(String server) {
        String name = "test_" + UUID.randomUUID().toString().replace("-", "");
        execute(server, "create database " + name);
        return url(port(server), name);
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://localhost:" + port + "/" + database;
    }

    public static int port(String url) {
        return Integer.parseInt(url.replaceFirst(".*://[^/]*:(\\d+)/.*", "$1"));
    }

    /** The same database by way of something that listens on another port, such as a proxy. */
    public static String withPort(String url, int port) {
        return url.replace(":" + port(url) + "/", ":" + port + "/");
    }

    public static int execute(String url, String sql, Object... parameters) {
        try (Connection connection = DriverManager.getConnection(url, USER, PASSWORD);
                PreparedStatement statement = prepare(connection, sql, parameters)) {
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first column of the answer. */
    public static List<Object> query(String url, String sql, Object... parameters) {
        try (Connection connection = DriverManager.getConnection(url, USER, PASSWORD);
                PreparedStatement statement = prepare(connection, sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            List<Object> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getObject(1));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until so many statements in this database, or more, wait for a lock. */
    public static void awaitLockWaits(String url, int number) {
        String waiting = "select 1 from pg_locks join pg_stat_activity using (pid)"
                + " where not granted and datname = current_database()";
        Await.until("no statement waits for a lock", () -> query(url, waiting).size() >= number);
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
