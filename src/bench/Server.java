import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** All processes of one server. */
final class Server implements AutoCloseable {

    final int port;
    private final List<Process> processes = new ArrayList<>();

    private Server(int port) {
        this.port = port;
    }

    static Server start(int port, ProcessBuilder... builders) throws IOException {
        Server server = new Server(port);
        // A measurement that fails leaves nothing behind.
        Runtime.getRuntime().addShutdownHook(new Thread(server::kill));
        for (ProcessBuilder builder : builders) {
            server.processes.add(logged(builder).start());
        }
        return server;
    }

    /** A program that ends by itself; its failure is one. */
    static void run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = logged(builder).start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException(builder.command().get(0) + " failed, see " + Service.LOG);
        }
    }

    private static ProcessBuilder logged(ProcessBuilder builder) {
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(Path.of(Service.LOG).toFile()));
    }

    boolean isAlive() {
        return processes.stream().allMatch(Process::isAlive);
    }

    /** Memory in MiB; what several processes share counts once. */
    double mebibytes() throws IOException {
        double sum = 0;
        for (ProcessHandle each : all()) {
            for (String line : Files.readAllLines(Path.of("/proc/" + each.pid() + "/smaps_rollup"))) {
                if (line.startsWith("Pss:")) {
                    sum += Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
                }
            }
        }
        return sum;
    }

    private List<ProcessHandle> all() {
        List<ProcessHandle> all = new ArrayList<>();
        for (Process process : processes) {
            all.add(process.toHandle());
            process.descendants().forEach(all::add);
        }
        return all;
    }

    private void kill() {
        all().forEach(ProcessHandle::destroyForcibly);
    }

    /** Lets them stop; threads that wait on kept connections keep uWSGI from it. */
    @Override
    public void close() {
        List<ProcessHandle> all = all();
        all.forEach(ProcessHandle::destroy);
        for (ProcessHandle each : all) {
            each.onExit().completeOnTimeout(each, 10, TimeUnit.SECONDS).join();
        }
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(each -> each.onExit().join());
    }
}
