import java.nio.charset.StandardCharsets;
import java.util.List;

/** An HTTP request as it is sent. */
record Request(String head, String body) {

    static Request get(String path, String... headers) {
        return of("GET", path, "", headers);
    }

    static Request delete(String path, String... headers) {
        return of("DELETE", path, "", headers);
    }

    static Request json(String method, String path, String body, String... headers) {
        return of(method, path, body, Benchmark.with(List.of("Content-Type: application/json"), headers).toArray(String[]::new));
    }

    static Request form(String path, String body, String... headers) {
        return of(
                "POST",
                path,
                body,
                Benchmark.with(List.of("Content-Type: application/x-www-form-urlencoded"), headers).toArray(String[]::new));
    }

    private static Request of(String method, String path, String body, String... headers) {
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        if (!body.isEmpty()) {
            head.append("Content-Length: ").append(body.getBytes(StandardCharsets.UTF_8).length).append("\r\n");
        }
        return new Request(head.append("\r\n").toString(), body);
    }

    String text() {
        return head + body;
    }

    /** One after the other, for wrk. */
    static String script(List<Request> requests) {
        StringBuilder lua = new StringBuilder("local requests = {\n");
        for (Request request : requests) {
            String quoted = request.text()
                    .replace("\\", "\\\\")
                    .replace("\"", "\\\"")
                    .replace("\r", "\\r")
                    .replace("\n", "\\n");
            lua.append("  \"").append(quoted).append("\",\n");
        }
        return lua + "}\nlocal next = 0\n"
                + "request = function()\n  next = next % #requests + 1\n  return requests[next]\nend\n";
    }
}
