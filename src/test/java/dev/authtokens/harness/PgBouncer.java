package dev.authtokens.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** PgBouncer in transaction mode in front of a PostgreSQL, with the configuration of the component for Kubernetes. */
public final class PgBouncer implements AutoCloseable {

    private static final Path COMPONENT = Path.of("k8s/components/pgbouncer/pgbouncer.ini");

    private final Process process;
    private final int port;

    private PgBouncer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    public static PgBouncer start(Postgres postgres, Path folder) {
        Path executable = Tool.require("pgbouncer");
        int port = ServiceProcess.freePort();
        try {
            // As an overlay would: without the time limits that a busy machine exceeds.
            Path database = file("""
                    listen_addr = 127.0.0.1
                    listen_port = %d
                    server_connect_timeout = 180
                    query_wait_timeout = 180
                    [databases]
                    * = host=127.0.0.1 port=%d
                    """.formatted(port, postgres.port()));
            Path users = file("\"%s\" \"%s\"\n".formatted(Postgres.USER, Postgres.PASSWORD));
            Path settings = file(Files.readString(COMPONENT)
                    .replace("/etc/pgbouncer-users/userlist.txt", users.toString())
                    .replace("/etc/pgbouncer-config/database.ini", database.toString())
                    // PgBouncer of Debian 12 does not know it.
                    .replaceAll("(?m)^max_prepared_statements = .*", ""));
            List<String> command = new ArrayList<>(List.of(executable.toString()));
            if (System.getProperty("user.name").equals("root")) {
                command.addAll(List.of("-u", "nobody"));
            }
            command.add(settings.toString());
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("pgbouncer.log").toFile())
                    .start();
            ServiceProcess.awaitPort(process, port);
            return new PgBouncer(process, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Which another user can read. */
    private static Path file(String text) throws IOException {
        Path file = Files.writeString(Temporary.file("pgbouncer", ".ini"), text);
        file.toFile().setReadable(true, false);
        return file;
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
