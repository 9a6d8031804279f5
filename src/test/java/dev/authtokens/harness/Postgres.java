package dev.authtokens.harness;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
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

    /** One that lets in the administrator as he is, and everybody else by password. */
    public static Postgres startWithPasswords() {
        Postgres postgres = start();
        try {
            Path rules = Path.of((String) query(postgres.url(), "show hba_file").get(0));
            Files.writeString(
                    rules, "host all " + USER + " all trust\nlocal all all trust\nhost all all all scram-sha-256\n");
            query(postgres.url(), "select pg_reload_conf()");
            return postgres;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts, or starts again, the server of a data folder on a fixed port. */
    public static Postgres start(Path data, int port) {
        return start(EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                // The embedded server turns it off, and would acknowledge what no standby has.
                .setServerConfig("synchronous_commit", "on")
                .setPort(port));
    }

    /**
     * A hot standby that streams from this server.
     *
     * @param primaryData data folder of this server
     * @param data new folder for the standby
     */
    public Postgres startStandby(Path primaryData, Path data) {
        return startStandby(primaryData, data, ServiceProcess.freePort(), port());
    }

    /**
     * The same on a fixed port.
     *
     * @param way port at which the standby reaches this server, such as that of a proxy
     */
    public Postgres startStandby(Path primaryData, Path data, int standbyPort, int way) {
        try (Connection connection = connect(url());
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
                    "primary_conninfo = 'host=127.0.0.1 port=" + way + " user=" + USER + "'\n"
                            // When it is promoted it has no standby yet.
                            + "synchronous_standby_names = ''\n"
                            // A promotion may wait for it: five seconds by default.
                            + "wal_retrieve_retry_interval = '100ms'\n",
                    StandardOpenOption.APPEND);
            return start(data, standbyPort);
        } catch (IOException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<Path>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path relative = from.relativize(file);
                if (!relative.toString().startsWith("postmaster.") && !relative.startsWith("pg_wal")) {
                    try {
                        Files.copy(file, to.resolve(relative));
                    } catch (NoSuchFileException e) {
                        return visitFileFailed(file, e);
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            /** A file may go away meanwhile; the log that is replayed says so too. */
            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwx------"));
    }

    private static Postgres start(EmbeddedPostgres.Builder builder) {
        try {
            return new Postgres(builder.setPGStartupWait(Await.PATIENCE).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return server.getPort();
    }

    public String url() {
        return url(port());
    }

    /** A new, empty database on this server. */
    public String newDatabase() {
        return newDatabase(url(), "template1");
    }

    static String newDatabase(String server, String template) {
        String name = "test_" + UUID.randomUUID().toString().replace("-", "");
        execute(server, "create database " + name + " template " + template);
        return url(port(server), name);
    }

    static String url(int port) {
        return url(port, "postgres");
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

    /** As the superuser. */
    public static Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url, USER, PASSWORD);
    }

    public static int execute(String url, String sql, Object... parameters) {
        try (Connection connection = connect(url);
                PreparedStatement statement = prepare(connection, sql, parameters)) {
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first column of the answer. */
    public static List<Object> query(String url, String sql, Object... parameters) {
        try (Connection connection = connect(url);
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

    /** Whether the server at this port of the machine accepts connections, and changes. */
    public static boolean isPrimary(int port) {
        try {
            return query(url(port), "select pg_is_in_recovery()").contains(false);
        } catch (IllegalStateException unreachable) {
            return false;
        }
    }

    /** Waits until so many statements in this database, or more, wait for a lock. */
    public static void awaitLockWaits(String url, int number) {
        Await.until("no statement waits for a lock", () -> lockWaits(url) >= number);
    }

    /** How many statements in this database wait for a lock. */
    public static int lockWaits(String url) {
        String waiting = "select 1 from pg_locks join pg_stat_activity using (pid)"
                + " where not granted and datname = current_database()";
        return query(url, waiting).size();
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }

    /** From now on no change is acknowledged before a standby has stored it, which must stream already. */
    public void replicateSynchronously() {
        execute(url(), "alter system set synchronous_standby_names = 'ANY 1 (*)'");
        query(url(), "select pg_reload_conf()");
        Await.until(
                "no synchronous standby",
                () -> !query(
                                url(),
                                "select 1 from pg_stat_replication where state = 'streaming' and sync_state = 'quorum'")
                        .isEmpty());
    }

    /** SIGKILL to all its processes, as when its machine loses power. */
    public void kill() {
        kill(url());
    }

    static void kill(String url) {
        Path folder = Path.of((String) query(url, "show data_directory").get(0));
        try {
            long id = Long.parseLong(
                    Files.readAllLines(folder.resolve("postmaster.pid")).get(0));
            ProcessHandle postmaster = ProcessHandle.of(id).orElseThrow();
            List<ProcessHandle> processes = Stream.concat(Stream.of(postmaster), postmaster.descendants())
                    .toList();
            processes.forEach(ProcessHandle::destroyForcibly);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
