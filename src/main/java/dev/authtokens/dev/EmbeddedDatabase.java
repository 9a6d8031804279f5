package dev.authtokens.dev;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A real PostgreSQL on a free port of this machine, whose data stay in a folder. */
public final class EmbeddedDatabase {

    private static final Duration START_TIME = Duration.ofSeconds(60);

    private EmbeddedDatabase() {}

    /**
     * The JDBC URL; the user is {@code postgres}, any password will do. Uses the PostgreSQL that runs on this folder, which a live
     * reload and a killed development mode leave, or starts one. It ends with this process.
     */
    public static String start(Path data) {
        int port = running(data).orElseGet(() -> startNew(data));
        return "jdbc:postgresql://localhost:" + port + "/postgres";
    }

    private static int startNew(Path data) {
        try {
            Files.createDirectories(data);
            EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setServerConfig("fsync", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setPGStartupWait(START_TIME)
                    .start();
            return postgres.getPort();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The embedded PostgreSQL does not start on " + data + ". Move that folder away, or set"
                            + " QUARKUS_DATASOURCE_JDBC_URL to a database of your own.",
                    e);
        }
    }

    private static Optional<Integer> running(Path data) {
        try {
            // Process id, data folder, start time, port
            List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
            long id = Long.parseLong(lines.get(0).strip());
            int port = Integer.parseInt(lines.get(3).strip());
            new Socket(InetAddress.getLoopbackAddress(), port).close();
            Optional<ProcessHandle> server = ProcessHandle.of(id)
                    .filter(process -> process.info().command().orElse("").endsWith("postgres"));
            server.ifPresent(process -> Runtime.getRuntime().addShutdownHook(new Thread(process::destroy)));
            return server.map(process -> port);
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            // No file, or a stale or half-written one: PostgreSQL itself decides what to do with it.
            return Optional.empty();
        }
    }
}
