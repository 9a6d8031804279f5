package dev.authtokens.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Two nodes of Patroni with etcd and the PostgreSQL of Debian, and synchronous replication between them. */
public final class Patroni implements DatabaseCluster {

    private static final String SETTINGS = """
            scope: fail-over
            name: node%1$d
            restapi: {listen: '127.0.0.1:%2$d', connect_address: '127.0.0.1:%2$d'}
            etcd3: {host: '127.0.0.1:%3$d'}
            bootstrap:
              dcs:
                ttl: 8
                loop_wait: 1
                retry_timeout: 3
                synchronous_mode: true
                postgresql:
                  use_pg_rewind: true
                  parameters: {max_connections: 200, wal_retrieve_retry_interval: 100ms}
              initdb: [encoding: UTF8]
              pg_hba:
              - host all all 127.0.0.1/32 trust
              - host replication all 127.0.0.1/32 trust
            postgresql:
              listen: '127.0.0.1:%4$d'
              connect_address: '127.0.0.1:%4$d'
              data_dir: %5$s/node%1$d
              bin_dir: %6$s
              pgpass: %5$s/pgpass%1$d
              parameters: {unix_socket_directories: %5$s, fsync: 'off'}
              authentication:
                superuser: {username: %7$s, password: %8$s}
                replication: {username: replicator, password: %8$s}
                rewind: {username: rewinder, password: %8$s}
            """;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Path folder;
    private final Process etcd;
    private final List<Integer> ports = new ArrayList<>();
    private final List<Integer> probes = new ArrayList<>();
    private final List<Process> nodes = new ArrayList<>();
    private int killed;

    public Patroni(Path folder) {
        Tool.require("patroni");
        Path executable = Tool.require("etcd");
        this.folder = folder;
        int port = ServiceProcess.freePort();
        String client = "http://127.0.0.1:" + port;
        String peer = "http://127.0.0.1:" + ServiceProcess.freePort();
        etcd = run(
                "etcd",
                List.of(
                        executable.toString(),
                        "--data-dir=" + folder.resolve("etcd"),
                        "--listen-client-urls=" + client,
                        "--advertise-client-urls=" + client,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=default=" + peer));
        ServiceProcess.awaitPort(etcd, port);
        for (int node = 0; node < 2; node++) {
            ports.add(ServiceProcess.freePort());
            probes.add(ServiceProcess.freePort());
            writeSettings(node, port);
            nodes.add(start(node));
            Await.until(() -> "no leader: " + logs(), () -> ports.stream().anyMatch(Postgres::isPrimary));
        }
        awaitSynchronousStandby();
    }

    private void writeSettings(int node, int etcdPort) {
        String settings = SETTINGS.formatted(
                node,
                probes.get(node),
                etcdPort,
                ports.get(node),
                folder,
                programs(),
                Postgres.USER,
                Postgres.PASSWORD);
        try {
            Files.writeString(folder.resolve("node" + node + ".yml"), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path programs() {
        try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
            return versions.map(version -> version.resolve("bin"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process start(int node) {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            // PostgreSQL refuses to run as root.
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(
                Tool.require("patroni").toString(),
                folder.resolve("node" + node + ".yml").toString()));
        return run("node" + node, command);
    }

    private Process run(String name, List<String> command) {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve(name + ".log").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Patroni promotes only a standby that it knows to be synchronous. */
    private void awaitSynchronousStandby() {
        Await.until(
                () -> "no synchronous standby: " + logs(),
                () -> get(probes.get(leader()), "/cluster").contains("\"sync_standby\""));
    }

    private String logs() {
        try {
            return Files.readString(folder.resolve("node0.log")) + Files.readString(folder.resolve("node1.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private int leader() {
        return Postgres.isPrimary(ports.get(0)) ? 0 : 1;
    }

    private String get(int port, String path) throws InterruptedException {
        try {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException notYet) {
            return "";
        }
    }

    @Override
    public List<Integer> ports() {
        return ports;
    }

    /** Their ports for the probe {@code GET /primary}, in the order of the servers. */
    public List<Integer> probes() {
        return probes;
    }

    /** The whole node dies, so that its lock in etcd has to expire. */
    @Override
    public long failOver() {
        killed = leader();
        nodes.get(killed).destroyForcibly();
        Postgres.kill(Postgres.url(ports.get(killed)));
        return awaitPromotion(ports.get(1 - killed));
    }

    @Override
    public void heal() {
        nodes.set(killed, start(killed));
        awaitSynchronousStandby();
    }

    @Override
    public void close() {
        nodes.forEach(Process::destroyForcibly);
        ports.stream().map(Postgres::url).forEach(url -> {
            try {
                Postgres.kill(url);
            } catch (IllegalStateException alreadyKilled) {
                // the node that was killed last
            }
        });
        etcd.destroyForcibly();
    }
}
