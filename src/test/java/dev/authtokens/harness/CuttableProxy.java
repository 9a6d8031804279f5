package dev.authtokens.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP proxy in front of PostgreSQL, whose connections can be cut or go silent, and which can move to another server. */
public final class CuttableProxy implements AutoCloseable {

    public enum Way {
        OPEN,
        /** Nothing arrives, without an error; what was sent arrives when it is open again. */
        SILENT,
        /** Connections are closed, also new ones. */
        CLOSED
    }

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private volatile int target;
    private final String marker;
    private volatile Set<Socket> marked = Set.of();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile Way way = Way.OPEN;

    public CuttableProxy(int target) throws IOException {
        this(target, "");
    }

    /** @param marker only the connection on which the client sent this text last is cut or goes silent */
    public CuttableProxy(int target, String marker) throws IOException {
        this.target = target;
        this.marker = marker;
        IoTask.start(this::accept);
    }

    /** Leads new connections to another server; existing ones stay. */
    public void moveTo(int newTarget) {
        target = newTarget;
    }

    /** Port of the server that new connections lead to. */
    public int target() {
        return target;
    }

    public int port() {
        return server.getLocalPort();
    }

    public void be(Way newWay) {
        way = newWay;
        if (newWay == Way.CLOSED) {
            closeAll();
        }
    }

    private void accept() throws IOException {
        while (!server.isClosed()) {
            Socket client = server.accept();
            if (way == Way.CLOSED && marker.isEmpty()) {
                client.close();
                continue;
            }
            IoTask.start(() -> connect(client));
        }
    }

    /** Where the server cannot be reached the client's connection ends, and the proxy goes on. */
    private void connect(Socket client) throws IOException {
        Socket onward;
        try {
            onward = new Socket(InetAddress.getLoopbackAddress(), target);
        } catch (IOException e) {
            client.close();
            throw e;
        }
        sockets.add(client);
        sockets.add(onward);
        IoTask.start(() -> pump(client, onward));
        pump(onward, client);
    }

    private void pump(Socket from, Socket to) throws IOException {
        byte[] buffer = new byte[8192];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                mark(from, to, buffer, read);
                while (way == Way.SILENT && isMarked(from)) {
                    Thread.sleep(5);
                }
                if (way == Way.CLOSED && isMarked(from)) {
                    return;
                }
                out.write(buffer, 0, read);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private void mark(Socket from, Socket to, byte[] buffer, int length) {
        if (!isMarked(from) && new String(buffer, 0, length, StandardCharsets.US_ASCII).contains(marker)) {
            marked = Set.of(from, to);
        }
    }

    private boolean isMarked(Socket socket) {
        return marker.isEmpty() || marked.contains(socket);
    }

    private void closeAll() {
        for (Socket socket : sockets) {
            if (!isMarked(socket)) {
                continue;
            }
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
