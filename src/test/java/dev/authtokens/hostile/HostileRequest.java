package dev.authtokens.hostile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** A request in parts that can each be spoilt. Every text stands for bytes, one character (ISO-8859-1) for one of them. */
final class HostileRequest {

    /** A header, or a field of a body: in JSON both are JSON texts. */
    static final class Part {
        String name;
        String value;

        Part(String name, String value) {
            this.name = name;
            this.value = value;
        }
    }

    final Operation operation;
    String method;
    String target;
    String version = "HTTP/1.1";
    final List<Part> headers = new ArrayList<>();
    final List<Part> fields = new ArrayList<>();

    /** In place of the fields. */
    String wholeBody;

    /** In place of Content-Length and body: what follows the headers, framing included. */
    String framedBody;

    /** It may not be HTTP any more, so that the HTTP server may refuse it itself, or end the connection. */
    boolean isBroken;

    /** No longer the password of the account. */
    boolean hasWrongPassword;

    HostileRequest(Operation operation, String target) {
        this.operation = operation;
        this.method = operation.method();
        this.target = target;
    }

    /** Puts the value where the operation has the parameter in its path. */
    void setPathParameter(String name, String value) {
        String[] segments = operation.path().split("/", -1);
        String[] own = target.split("/", -1);
        for (int i = 0; i < Math.min(segments.length, own.length); i++) {
            if (segments[i].equals("{" + name + "}")) {
                own[i] = value;
            }
        }
        target = String.join("/", own);
    }

    static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    void set(String header, String value) {
        remove(header);
        headers.add(new Part(header, value));
    }

    void remove(String header) {
        headers.removeIf(part -> part.name.equalsIgnoreCase(header));
    }

    List<String> values(String header) {
        return headers.stream()
                .filter(part -> part.name.equalsIgnoreCase(header))
                .map(part -> part.value)
                .toList();
    }

    int lengthOfLine() {
        return method.length() + target.length() + version.length() + 2;
    }

    int lengthOfHeaders() {
        return headers.stream()
                .mapToInt(header -> header.name.length() + header.value.length() + 4)
                .sum();
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    String body() {
        if (wholeBody != null) {
            return wholeBody;
        }
        StringBuilder body = new StringBuilder();
        boolean json = operation.body() == Operation.Body.JSON;
        Iterator<Part> parts = fields.iterator();
        while (parts.hasNext()) {
            Part field = parts.next();
            body.append(field.name).append(json ? ":" : "=").append(field.value);
            if (parts.hasNext()) {
                body.append(json ? "," : "&");
            }
        }
        return operation.body() == Operation.Body.NONE ? "" : json ? "{" + body + "}" : body.toString();
    }

    byte[] bytes() {
        StringBuilder head = new StringBuilder();
        head.append(method)
                .append(' ')
                .append(target)
                .append(' ')
                .append(version)
                .append("\r\n");
        headers.forEach(header ->
                head.append(header.name).append(": ").append(header.value).append("\r\n"));
        if (framedBody != null) {
            return head.append(framedBody).toString().getBytes(StandardCharsets.ISO_8859_1);
        }
        String body = body();
        if (!body.isEmpty() || operation.body() != Operation.Body.NONE) {
            head.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        return head.append("\r\n").append(body).toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Short, and with everything that is not visible escaped. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes()) {
            if (text.length() > 3000) {
                return text + "...";
            }
            text.append(b >= 0x20 && b < 0x7f || b == '\n' ? String.valueOf((char) b) : String.format("\\x%02x", b));
        }
        return text.toString();
    }
}
