package dev.authtokens.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One page in a real Chromium, led by the DevTools protocol. */
public final class Browser implements AutoCloseable {

    private static final Duration PATIENCE = Await.PATIENCE;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final Path profile;
    private final WebSocket page;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final Queue<String> console = new ConcurrentLinkedQueue<>();

    /** Before a test starts what it needs beside it. */
    public static Path requireInstalled() {
        return Tool.require("chromium", "chromium-browser", "google-chrome");
    }

    public Browser() throws Exception {
        profile = Temporary.folder("browser");
        process = new ProcessBuilder(
                        requireInstalled().toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "--window-size=1200,1400",
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(profile.resolve("output").toFile())
                .start();
        HttpClient client = HttpClient.newHttpClient();
        String port = await(() -> {
            Path file = profile.resolve("DevToolsActivePort");
            return Files.exists(file) && Files.size(file) > 0
                    ? Files.readAllLines(file).get(0)
                    : null;
        });
        HttpRequest list = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json"))
                .build();
        String address = await(() -> {
            for (JsonNode target : JSON.readTree(
                    client.send(list, HttpResponse.BodyHandlers.ofString()).body())) {
                if (target.path("type").asText().equals("page")) {
                    return target.path("webSocketDebuggerUrl").asText();
                }
            }
            return null;
        });
        page = client.newWebSocketBuilder()
                .buildAsync(URI.create(address), new Messages())
                .join();
        call("Log.enable", Map.of());
        call("Runtime.enable", Map.of());
        call("Page.enable", Map.of());
    }

    public void open(URI uri) throws Exception {
        call("Page.navigate", Map.of("url", uri.toString()));
    }

    /** The value of a JavaScript expression, as text. */
    public String evaluate(String expression) throws Exception {
        return call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true))
                .at("/result/result/value")
                .asText();
    }

    /** Waits until an expression is true. */
    public void await(String expression) throws Exception {
        await(() -> evaluate("Boolean(" + expression + ")").equals("true") ? expression : null);
    }

    public void click(String selector) throws Exception {
        await("document.querySelector(\"" + selector + "\")");
        evaluate("document.querySelector(\"" + selector + "\").click()");
    }

    /** Types into a field that React watches. */
    public void fill(String selector, String text) throws Exception {
        await("document.querySelector(\"" + selector + "\")");
        evaluate("(() => { const field = document.querySelector(\"" + selector + "\");"
                + " const type = field.tagName === 'TEXTAREA' ? HTMLTextAreaElement : HTMLInputElement;"
                + " Object.getOwnPropertyDescriptor(type.prototype, 'value').set.call(field, "
                + JSON.writeValueAsString(text)
                + "); field.dispatchEvent(new Event('input', { bubbles: true }));"
                + " field.dispatchEvent(new Event('change', { bubbles: true })); })()");
    }

    /** What the page complained about, violations of its policy among it. */
    public List<String> complaints() {
        return List.copyOf(console);
    }

    public void awaitComplaint(String about) throws Exception {
        await(() -> complaints().toString().contains(about) ? about : null);
    }

    /** Shows the page as a phone does that is this many pixels wide. */
    public void becomePhone(int width) throws Exception {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 844, "deviceScaleFactor", 1, "mobile", true));
    }

    public void screenshot(Path file) throws Exception {
        String image =
                call("Page.captureScreenshot", Map.of()).at("/result/data").asText();
        Files.write(file, Base64.getDecoder().decode(image));
    }

    private JsonNode call(String method, Map<String, Object> parameters) throws Exception {
        int id = lastId.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        page.sendText(JSON.writeValueAsString(Map.of("id", id, "method", method, "params", parameters)), true)
                .join();
        return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private interface Attempt<T> {
        /** Null when it is not time yet. */
        T run() throws Exception;
    }

    private <T> T await(Attempt<T> attempt) throws Exception {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (true) {
            T result = attempt.run();
            if (result != null) {
                return result;
            }
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError(
                        "Not within " + PATIENCE + ": " + complaints() + Files.readString(profile.resolve("output")));
            }
            Thread.sleep(50);
        }
    }

    private final class Messages implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                try {
                    receive(JSON.readTree(text.toString()));
                } catch (IOException e) {
                    console.add(e.toString());
                }
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        private void receive(JsonNode message) {
            if (message.has("id")) {
                answers.remove(message.path("id").asInt()).complete(message);
            } else if (message.path("method").asText().equals("Log.entryAdded")) {
                console.add(message.at("/params/entry").toString());
            } else if (message.path("method").asText().equals("Runtime.exceptionThrown")) {
                console.add(message.at("/params/exceptionDetails").toString());
            }
        }
    }

    @Override
    public void close() throws Exception {
        page.abort();
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
