package dev.authtokens.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** PgBouncer in transaction mode in front of a PostgreSQL. */
public final class PgBouncer implements AutoCloseable {

    private final Process process;
    private final Path settings;
    private final int port;

    private PgBouncer(Process process, Path settings, int port) {
        this.process = process;
        this.settings = settings;
        this.port = port;
    }

    public static PgBouncer start(Postgres postgres, Path folder) {
        Path executable = Tool.require("pgbouncer");
        int port = ServiceProcess.freePort();
        try {
            Path settings = Files.writeString(Temporary.file("pgbouncer", ".ini"), """
                    [databases]
                    * = host=127.0.0.1 port=%d user=%s password=%s
                    [pgbouncer]
                    listen_addr = 127.0.0.1
                    listen_port = %d
                    unix_socket_dir =
                    auth_type = any
                    pool_mode = transaction
                    ignore_startup_parameters = extra_float_digits
                    """.formatted(
                            postgres.port(), Postgres.USER, Postgres.PASSWORD, port));
            settings.toFile().setReadable(true, false);
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
            return new PgBouncer(process, settings, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
            Files.delete(settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
