package dev.authtokens.harness;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** HAProxy as one address that leads to the primary, which it finds by the probe {@code GET /primary}, as Patroni has it. */
public final class MovingAddress implements AutoCloseable {

    private final List<HttpServer> probes = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ReverseProxy proxy;

    /** With probes of its own. */
    public MovingAddress(DatabaseCluster cluster) {
        this(cluster, null);
    }

    /** @param ports of the probes, in the order of the servers */
    public MovingAddress(DatabaseCluster cluster, List<Integer> ports) {
        StringBuilder servers = new StringBuilder();
        for (int i = 0; i < cluster.ports().size(); i++) {
            int port = cluster.ports().get(i);
            int probe = ports == null ? probe(port) : ports.get(i);
            servers.append("  server s%1$d 127.0.0.1:%1$d check port %2$d%n".formatted(port, probe));
        }
        proxy = ReverseProxy.haproxy(port -> """
                defaults
                  mode tcp
                  timeout connect 1s
                  timeout check 1s
                  timeout client 1h
                  timeout server 1h
                  # Each would pause for a second, and lead to the same server.
                  retries 0
                listen database
                  bind 127.0.0.1:%d
                  option httpchk GET /primary
                  http-check expect status 200
                  default-server inter 200ms fall 2 rise 1 on-marked-down shutdown-sessions
                %s""".formatted(port, servers));
    }

    public int port() {
        return proxy.port();
    }

    /** What Patroni has at its own port. */
    private int probe(int port) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/primary", exchange -> {
                exchange.sendResponseHeaders(Postgres.isPrimary(port) ? 200 : 503, -1);
                exchange.close();
            });
            server.setExecutor(threads);
            server.start();
            probes.add(server);
            return server.getAddress().getPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        proxy.close();
        probes.forEach(probe -> probe.stop(0));
        threads.shutdown();
    }
}
