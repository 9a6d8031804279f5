package dev.authtokens.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP connection's way through the network, which can be cut with and without a sign of it. */
public final class CuttableProxy implements AutoCloseable {

    public enum Way {
        OPEN,
        /** Nothing arrives, and no connection ends; what was sent arrives when it is open again. */
        SILENT,
        /** Connections end, and new ones are not accepted. */
        CLOSED
    }

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile Way way = Way.OPEN;

    public CuttableProxy(int target) throws IOException {
        this.target = target;
        IoTask.start(this::accept);
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
            if (way == Way.CLOSED) {
                client.close();
                continue;
            }
            Socket onward = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(client);
            sockets.add(onward);
            IoTask.start(() -> pump(client, onward));
            IoTask.start(() -> pump(onward, client));
        }
    }

    private void pump(Socket from, Socket to) throws IOException {
        byte[] buffer = new byte[8192];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                while (way == Way.SILENT) {
                    Thread.sleep(5);
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

    private void closeAll() {
        for (Socket socket : sockets) {
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
        closeAll();
    }
}
