import java.io.IOException;
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

    static double throughput(int port, int connections, int seconds, String script) throws Exception {
        return throughput("http://127.0.0.1:" + port + "/", connections, seconds, script);
    }

    /** Requests per second of so many connections; anything but success makes the measurement void. */
    static double throughput(String url, int connections, int seconds, String script) throws Exception {
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
                        url)
                .redirectErrorStream(true)
                .start();
        String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Files.delete(file);
        Matcher rate = Pattern.compile("Requests/sec: +([0-9.]+)").matcher(output);
        Matcher fault = Pattern.compile("Non-2xx.*|Socket errors.*").matcher(output);
        if (fault.find() || !rate.find()) {
            throw new IllegalStateException(fault.reset().find() ? fault.group() : output);
        }
        double perSecond = Double.parseDouble(rate.group(1));
        SENT.addAndGet((long) (perSecond * seconds));
        return perSecond;
    }

    /** Full TLS handshakes per second, by as many clients; without a request. */
    static double handshakes(int port, int seconds) throws Exception {
        List<Process> clients = new ArrayList<>();
        for (int i = 0; i < IN_FLIGHT; i++) {
            clients.add(new ProcessBuilder(
                            "openssl", "s_time", "-connect", "127.0.0.1:" + port, "-new", "-time", String.valueOf(seconds))
                    .redirectErrorStream(true)
                    .start());
        }
        double perSecond = 0;
        for (Process client : clients) {
            String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher connections = Pattern.compile("(\\d+) connections in (\\d+) real seconds").matcher(output);
            if (!connections.find()) {
                throw new IllegalStateException(output);
            }
            // A client that waits for a connection has no time limit: it slows itself only.
            perSecond += Double.parseDouble(connections.group(1)) / Double.parseDouble(connections.group(2));
        }
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
        // Two rounds at least: in the first ones, compiling takes as much of the cores as it gains.
        warm(port, script, 2, 7);
    }

    /** Until some rounds in a row bring no more than a tenth; at most so many rounds. */
    static void warm(int port, String script, int inARow, int most) throws Exception {
        double best = throughput(port, 2, script);
        int without = 0;
        for (int round = 0; round < most && without < inARow; round++) {
            double rate = throughput(port, 2, script);
            without = rate > best * 1.1 ? 0 : without + 1;
            best = Math.max(best, rate);
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
        return atRate(Service.PORT, rate, seconds, connections, requests);
    }

    static Outcome atRate(int port, double rate, int seconds, int connections, IntFunction<String> requests)
            throws Exception {
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
                try (Connection connection = new Connection(port)) {
                    connection.open();
                    for (int n = (int) next.getAndIncrement(); n < total; n = (int) next.getAndIncrement()) {
                        long due = begin + (long) (n * 1e9 / rate);
                        byte[] request = requests.apply(n).getBytes(StandardCharsets.ISO_8859_1);
                        long free = System.nanoTime();
                        sleepUntil(due);
                        late[n] = System.nanoTime() - Math.max(due, free);
                        int status = status(connection.send(request));
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

    /** 2xx or 429; any other fails, and quotes the answer. */
    private static int status(Connection.Answer answer) throws IOException {
        if (answer.status() / 100 != 2 && answer.status() != 429) {
            throw new IOException(answer.status() + " " + answer.body());
        }
        return answer.status();
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
}
