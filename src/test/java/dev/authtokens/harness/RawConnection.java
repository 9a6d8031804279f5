package dev.authtokens.harness;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One HTTP/1.1 connection on which bytes go out as they are: a client library would clean them up. */
public final class RawConnection implements AutoCloseable {

    public record Header(String name, String value) {}

    /** @param body without its framing; empty for a HEAD */
    public record Answer(int status, List<Header> headers, byte[] body) {

        public List<String> values(String name) {
            return headers.stream()
                    .filter(header -> header.name().equalsIgnoreCase(name))
                    .map(Header::value)
                    .toList();
        }

        public Optional<String> value(String name) {
            return values(name).stream().findFirst();
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        public boolean endsConnection() {
            return status == 101 || value("Connection").orElse("").equalsIgnoreCase("close");
        }

        @Override
        public String toString() {
            return status + " " + headers + " " + text();
        }
    }

    private final Socket socket;
    private final InputStream in;

    private RawConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    public static RawConnection to(int port) throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) Await.PATIENCE.toMillis());
        socket.connect(new InetSocketAddress("localhost", port), (int) Await.PATIENCE.toMillis());
        return new RawConnection(socket);
    }

    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    public void send(String latin1) throws IOException {
        send(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Where the other side may refuse what is sent, and end the connection, before it has all: its answer may be there. */
    public void sendWhatIsTaken(String latin1) {
        try {
            send(latin1);
        } catch (IOException refused) {
            // The answer tells.
        }
    }

    /** Ends all these connections, and waits until the other side has ended them too: then they take no room there. */
    public static void endAll(List<RawConnection> connections) throws IOException {
        for (RawConnection connection : connections) {
            try {
                connection.socket.shutdownOutput();
            } catch (IOException ended) {
                // by the other side
            }
        }
        for (RawConnection connection : connections) {
            try {
                connection.socket.setSoTimeout((int) Await.PATIENCE.toMillis());
                connection.in.transferTo(OutputStream.nullOutputStream());
            } catch (IOException ended) {
                // by the other side
            }
            connection.close();
        }
    }

    /** The next answer, interim ones passed over; empty when the connection ends before it begins. */
    public Optional<Answer> answer(boolean isOfHead) throws IOException {
        while (true) {
            Optional<String> statusLine = line();
            if (statusLine.isEmpty()) {
                return Optional.empty();
            }
            int status = Integer.parseInt(statusLine.get().split(" ")[1]);
            List<Header> headers = headers();
            if (status == 101 || status >= 200) {
                Answer head = new Answer(status, headers, new byte[0]);
                return Optional.of(
                        isOfHead || status == 101 || status == 204 || status == 304
                                ? head
                                : new Answer(status, headers, body(head)));
            }
        }
    }

    /** Whether the other side has ended the connection, waited for as long as given. */
    public boolean isEndedWithin(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            return in.read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    public InputStream input() {
        return in;
    }

    private List<Header> headers() throws IOException {
        List<Header> headers = new ArrayList<>();
        while (true) {
            String line = line().orElseThrow(() -> new IOException("The answer ends in its headers"));
            if (line.isEmpty()) {
                return headers;
            }
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IOException("No header: " + line);
            }
            headers.add(new Header(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
    }

    private byte[] body(Answer head) throws IOException {
        if (head.value("Transfer-Encoding").orElse("").toLowerCase(Locale.ROOT).equals("chunked")) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            while (true) {
                int length = Integer.parseInt(
                        line().orElseThrow(() -> new IOException("The answer ends between chunks")), 16);
                body.writeBytes(exactly(length));
                line();
                if (length == 0) {
                    return body.toByteArray();
                }
            }
        }
        Optional<String> length = head.value("Content-Length");
        // An answer without a length, which HTTP/1.0 has, is all that comes.
        return length.isPresent() ? exactly(Integer.parseInt(length.get())) : in.readAllBytes();
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new IOException("The answer ends after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    private Optional<String> line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            int next;
            try {
                next = in.read();
            } catch (SocketException e) {
                // Reset by the other side.
                next = -1;
            }
            if (next < 0) {
                if (line.size() > 0) {
                    throw new IOException("The answer ends in a line: " + line);
                }
                return Optional.empty();
            }
            if (next == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                if (!text.endsWith("\r")) {
                    throw new IOException("A line of the answer ends without CR: " + text);
                }
                return Optional.of(text.substring(0, text.length() - 1));
            }
            line.write(next);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
