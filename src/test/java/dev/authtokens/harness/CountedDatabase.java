package dev.authtokens.harness;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the round trips of the service to its database, of which no other cause than the test's requests is left. A test
 * gets the counter in its field of type {@link AtomicLong}.
 */
public class CountedDatabase extends ServiceDatabase {

    /** What the driver ends with whenever it waits for an answer: it sends a BEGIN along with the statement after it. */
    private static final int SYNC = 'S';

    private static final int PARSE = 'P';
    private static final int BIND = 'B';

    private final AtomicLong roundTrips = new AtomicLong();
    private ServerSocket server;

    @Override
    public Map<String, String> start() {
        Map<String, String> config = new HashMap<>(super.start());
        String direct = url();
        int target = Postgres.port(direct);
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        IoTask.start(() -> accept(target));
        String counted = Postgres.withPort(direct, server.getLocalPort());
        config.put("quarkus.datasource.jdbc.url", counted + "?sslmode=disable&gssEncMode=disable");
        // What goes to the database by itself, and whether a connection is alive that was at rest, would count too.
        config.put("auth-tokens.cache.enabled", "false");
        config.put("quarkus.datasource.jdbc.foreground-validation-interval", "1H");
        return config;
    }

    private void accept(int target) throws IOException {
        while (true) {
            Socket client = server.accept();
            Socket onward = new Socket(InetAddress.getLoopbackAddress(), target);
            client.setTcpNoDelay(true);
            onward.setTcpNoDelay(true);
            IoTask.start(() -> count(client, onward));
            IoTask.start(() -> pump(onward, client));
        }
    }

    /** Every message but the first has a type, and all have a length that counts itself. */
    private void count(Socket client, Socket onward) throws IOException {
        try (client;
                onward) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            OutputStream out = onward.getOutputStream();
            int type = -1;
            Set<String> uncounted = new HashSet<>();
            boolean counts = true;
            while (true) {
                int length = in.readInt();
                byte[] message = new byte[(type < 0 ? 0 : 1) + length];
                int at = 0;
                if (type >= 0) {
                    message[at++] = (byte) type;
                }
                for (int shift = 24; shift >= 0; shift -= 8) {
                    message[at++] = (byte) (length >> shift);
                }
                in.readFully(message, at, message.length - at);
                if (type == PARSE || type == BIND) {
                    // Parse: statement, query. Bind: portal, statement.
                    String[] texts = new String(message, 5, message.length - 5, StandardCharsets.UTF_8).split("\0", 3);
                    boolean isOther = type == PARSE ? isOther(texts[1]) : uncounted.contains(texts[1]);
                    if (type == PARSE && isOther) {
                        uncounted.add(texts[0]);
                    } else if (type == PARSE) {
                        uncounted.remove(texts[0]);
                    }
                    counts &= !isOther;
                }
                if (type == SYNC) {
                    roundTrips.addAndGet(counts ? 1 : 0);
                    counts = true;
                }
                out.write(message);
                type = in.readUnsignedByte();
            }
        }
    }

    /** The revocation log is read ten times a second, and the pool makes a connection whenever it needs one. */
    private static boolean isOther(String statement) {
        return statement.contains("pg_snapshot") || statement.contains("default_transaction_isolation");
    }

    private static void pump(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            in.transferTo(to.getOutputStream());
        }
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(roundTrips, new TestInjector.MatchesType(AtomicLong.class));
    }

    @Override
    public void stop() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        super.stop();
    }
}
