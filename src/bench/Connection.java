import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One HTTP/1.1 connection that is kept while the server keeps it; just enough to read the answers of what is measured. */
final class Connection implements AutoCloseable {

    record Answer(int status, String head, String body) {

        /** The value of a field of JSON, wherever it is. */
        String field(String name) {
            return find("\"" + name + "\"\\s*:\\s*\"([^\"]+)\"", body);
        }

        String header(String name) {
            return find("(?im)^" + name + ": *([^\r\n]*)", head);
        }

        Answer require(int wanted) {
            if (status != wanted) {
                throw new IllegalStateException(status + " " + body);
            }
            return this;
        }

        private String find(String pattern, String text) {
            Matcher matcher = Pattern.compile(pattern).matcher(text);
            if (!matcher.find()) {
                throw new IllegalStateException("No " + pattern + " in " + head + body);
            }
            return matcher.group(1);
        }
    }

    private final int port;
    private Socket socket;
    private DataInputStream in;

    Connection(int port) {
        this.port = port;
    }

    /** Over a connection of its own. */
    static Answer once(int port, Request request) throws IOException {
        try (Connection connection = new Connection(port)) {
            return connection.send(request);
        }
    }

    void open() throws IOException {
        if (socket == null) {
            socket = new Socket("127.0.0.1", port);
            socket.setTcpNoDelay(true);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        }
    }

    Answer send(Request request) throws IOException {
        return send(request.text().getBytes(StandardCharsets.UTF_8));
    }

    Answer send(byte[] request) throws IOException {
        open();
        socket.getOutputStream().write(request);
        StringBuilder head = new StringBuilder();
        int length = -1;
        boolean chunked = false;
        boolean kept = true;
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            head.append(line).append('\n');
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).strip());
            }
            chunked |= line.equalsIgnoreCase("transfer-encoding: chunked");
            kept &= !line.equalsIgnoreCase("connection: close");
        }
        int status = Integer.parseInt(head.substring(9, 12));
        byte[] body;
        if (chunked) {
            body = readChunks();
        } else if (status == 204) {
            body = new byte[0];
        } else if (length >= 0) {
            body = in.readNBytes(length);
        } else {
            body = in.readAllBytes();
            kept = false;
        }
        if (!kept) {
            close();
        }
        return new Answer(status, head.toString(), new String(body, StandardCharsets.UTF_8));
    }

    private byte[] readChunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(readLine(), 16); size > 0; size = Integer.parseInt(readLine(), 16)) {
            body.write(in.readNBytes(size));
            readLine();
        }
        readLine();
        return body.toByteArray();
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("The connection ended");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
