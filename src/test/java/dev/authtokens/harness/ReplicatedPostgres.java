package dev.authtokens.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A primary and a synchronous standby on two fixed ports, which change places in each fail-over. */
public final class ReplicatedPostgres implements DatabaseCluster {

    private final Path folder;
    private final List<Integer> ports = List.of(ServiceProcess.freePort(), ServiceProcess.freePort());
    private int generation;
    private Path primaryData;
    private Path standbyData;
    private Postgres primary;
    private Postgres standby;

    /** @param folder for the data of both */
    public ReplicatedPostgres(Path folder) {
        this.folder = folder;
        primaryData = newData();
        primary = Postgres.start(primaryData, ports.get(0));
        addStandby(ports.get(1));
    }

    private Path newData() {
        return folder.resolve("server-" + generation++);
    }

    private void addStandby(int port) {
        standbyData = newData();
        standby = primary.startStandby(primaryData, standbyData, port, primary.port());
        primary.replicateSynchronously();
    }

    @Override
    public List<Integer> ports() {
        return ports;
    }

    @Override
    public long failOver() {
        primary.kill();
        Postgres.query(standby.url(), "select pg_promote(false)");
        return awaitPromotion(standby.port());
    }

    @Override
    public void heal() {
        int port = primary.port();
        primary.close();
        delete(primaryData);
        primary = standby;
        primaryData = standbyData;
        addStandby(port);
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(file -> file.delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        standby.close();
        primary.close();
    }
}
