import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Two kinds of load: as much as goes, by wrk, for throughput; and at a fixed rate, whatever happens, for latency. */
final class Load {

    /** Requests in flight at a time, where nothing else is said. */
    static final int IN_FLIGHT = 8;

    private static final AtomicLong SENT = new AtomicLong();

    private Load() {}

    /** How many requests the service was sent by all of this so far. */
    static long sent() {
        return SENT.get();
    }

    static double throughput(int seconds, String script) throws Exception {
        return throughput(Service.PORT, seconds, script);
    }

    static double throughput(int port, int seconds, String script) throws Exception {
        return throughput(port, IN_FLIGHT, seconds, script);
    }

    /** Requests per second of so many connections; anything but success makes the measurement void. */
    static double throughput(int port, int connections, int seconds, String script) throws Exception {
        Path file = Files.writeString(Files.createTempFile("load", ".lua"), script);
        Process wrk = new ProcessBuilder(
                        "wrk",
                        "-t1",
                        "-c" + connections,
                        "--timeout",
                        "20s",
                        "-d" + seconds + "s",
                        "-s",
                        file.toString(),
                        "http://127.0.0.1:" + port + "/")
                .redirectErrorStream(true)
                .start();
        String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Files.delete(file);
        Matcher rate = Pattern.compile("Requests/sec: +([0-9.]+)").matcher(output);
        if (!rate.find() || output.contains("Non-2xx") || output.contains("Socket errors")) {
            throw new IllegalStateException(output);
        }
        double perSecond = Double.parseDouble(rate.group(1));
        SENT.addAndGet((long) (perSecond * seconds));
        return perSecond;
    }

    static String login() {
        return "wrk.method = 'POST'\nwrk.path = '/v4/auth-tokens/'\nwrk.headers['Content-Type'] = 'application/json'\n"
                + "wrk.body = '" + Service.LOGIN_BODY + "'\n";
    }

    /** Until the rate does not rise any more: the Java runtime compiles what is used much, on the same cores. */
    static void warm(String script) throws Exception {
        warm(Service.PORT, script);
    }

    static void warm(int port, String script) throws Exception {
        double before = 0;
        double rate = throughput(port, 2, script);
        for (int round = 0; round < 7 && rate > before * 1.1; round++) {
            before = rate;
            rate = throughput(port, 2, script);
        }
    }

    /** GET with one token after the other. */
    static String get(String path, List<String> tokens) {
        StringBuilder lua = new StringBuilder("local requests = {}\nlocal next = 0\ninit = function(args)\n");
        lua.append("  for token in string.gmatch([[").append(String.join(" ", tokens)).append("]], '%S+') do\n");
        lua.append("    requests[#requests + 1] = wrk.format('GET', '").append(path);
        lua.append("', { ['Host'] = 'localhost', ['Authorization'] = 'giantswarm ' .. token })\n  end\nend\n");
        lua.append("request = function()\n  next = next % #requests + 1\n  return requests[next]\nend\n");
        return lua.toString();
    }

    static String introspection(String caller, String token) {
        return "wrk.method = 'POST'\nwrk.path = '/oauth2/introspect'\n"
                + "wrk.headers['Content-Type'] = 'application/x-www-form-urlencoded'\n"
                + "wrk.headers['Authorization'] = 'giantswarm " + caller + "'\nwrk.body = 'token=" + token + "'\n";
    }

    static String verify(long number) {
        return withToken("GET /v4/auth-tokens/verify/", number);
    }

    static String logOut(long number) {
        return withToken("DELETE /v4/auth-tokens/", number);
    }

    private static String withToken(String request, long number) {
        return request + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: giantswarm " + Tokens.of(number) + "\r\n\r\n";
    }

    static String logIn() {
        return "POST /v4/auth-tokens/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + Service.LOGIN_BODY.length() + "\r\n\r\n" + Service.LOGIN_BODY;
    }

    /**
     * What one fixed rate of requests met.
     *
     * @param nanos from when each was due to its answer, in order
     * @param refusedNanos the same of those that were refused
     * @param lateNanos how late the generator itself sent a request for which a connection was free: what it had to wait
     *     for the processor, which is part of the times above and no fault of the service
     */
    record Outcome(long[] nanos, long[] refusedNanos, long[] lateNanos) {

        double p(double share) {
            return percentile(nanos, share);
        }

        double refused(double share) {
            return percentile(refusedNanos, share);
        }

        double late(double share) {
            return percentile(lateNanos, share);
        }

        private static double percentile(long[] sorted, double share) {
            return sorted.length == 0 ? Double.NaN : sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e6;
        }
    }

    /**
     * Sends requests at a fixed rate over so many connections. The time of each counts from when it was due, not from when
     * a connection was free for it, so that a service that stalls is not spared the requests of that time (coordinated
     * omission).
     *
     * @param requests makes the text of the n-th one
     */
    static Outcome atRate(double rate, int seconds, int connections, IntFunction<String> requests) throws Exception {
        int total = (int) (rate * seconds);
        long[] times = new long[total];
        long[] late = new long[total];
        boolean[] refused = new boolean[total];
        AtomicLong next = new AtomicLong();
        long begin = System.nanoTime() + 50_000_000;
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Thread thread = new Thread(() -> {
                try (Connection connection = new Connection(Service.PORT)) {
                    for (int n = (int) next.getAndIncrement(); n < total; n = (int) next.getAndIncrement()) {
                        long due = begin + (long) (n * 1e9 / rate);
                        byte[] request = requests.apply(n).getBytes(StandardCharsets.ISO_8859_1);
                        long free = System.nanoTime();
                        sleepUntil(due);
                        late[n] = System.nanoTime() - Math.max(due, free);
                        int status = connection.send(request);
                        times[n] = System.nanoTime() - due;
                        refused[n] = status == 429;
                    }
                } catch (IOException | InterruptedException e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException(failures.get(0));
        }
        SENT.addAndGet(total);
        Arrays.sort(late);
        return new Outcome(pick(times, refused, false), pick(times, refused, true), late);
    }

    private static long[] pick(long[] times, boolean[] refused, boolean wanted) {
        long[] picked = new long[times.length];
        int count = 0;
        for (int i = 0; i < times.length; i++) {
            if (refused[i] == wanted) {
                picked[count++] = times[i];
            }
        }
        long[] sorted = Arrays.copyOf(picked, count);
        Arrays.sort(sorted);
        return sorted;
    }

    static void sleepUntil(long nanoTime) throws InterruptedException {
        long left = nanoTime - System.nanoTime();
        if (left > 0) {
            Thread.sleep(left / 1_000_000, (int) (left % 1_000_000));
        }
    }

    /** One HTTP/1.1 connection that is kept; just enough to read our own answers. */
    private static final class Connection implements AutoCloseable {

        private final Socket socket;
        private final DataInputStream in;

        Connection(int port) throws IOException {
            socket = new Socket("127.0.0.1", port);
            socket.setTcpNoDelay(true);
            in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
        }

        /** The status: 200 or 429; any other fails, and quotes the answer. */
        int send(byte[] request) throws IOException {
            socket.getOutputStream().write(request);
            String line = readLine();
            int status = Integer.parseInt(line.substring(9, 12));
            int length = 0;
            for (line = readLine(); !line.isEmpty(); line = readLine()) {
                if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                    length = Integer.parseInt(line.substring(15).strip());
                }
            }
            byte[] body = in.readNBytes(length);
            if (status != 200 && status != 429) {
                throw new IOException(status + " " + new String(body, StandardCharsets.UTF_8));
            }
            return status;
        }

        private String readLine() throws IOException {
            StringBuilder line = new StringBuilder();
            InputStream bytes = in;
            for (int b = bytes.read(); b != '\n'; b = bytes.read()) {
                if (b < 0) {
                    throw new IOException("The connection ended");
                }
                if (b != '\r') {
                    line.append((char) b);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
