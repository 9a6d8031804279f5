import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Microseconds of processor time that each request takes of the service, of PostgreSQL and of who makes the load. */
record Cost(double rate, double service, double database, double load) {

    private static final double MICROS_OF_TICK = 10_000;

    /** Field numbers of {@code /proc/PID/stat}: own time, and that of children that have ended, each in user and system. */
    private static final int OWN = 14;

    private static final int CHILDREN = 16;

    /** Of as many requests as go. */
    static Cost of(Service service, int connections, int seconds, String script) throws Exception {
        Cost before = total(service);
        double rate = Load.throughput(service.port, connections, seconds, script);
        Cost after = total(service);
        double requests = rate * seconds;
        return new Cost(
                rate,
                (after.service - before.service) / requests,
                (after.database - before.database) / requests,
                (after.load - before.load) / requests);
    }

    private static Cost total(Service service) throws Exception {
        double database = 0;
        for (String pid : Tokens.value("select string_agg(pid::text, ' ') from pg_stat_activity where pid <> pg_backend_pid()")
                .split(" ")) {
            database += micros(pid, OWN);
        }
        return new Cost(0, micros(String.valueOf(service.pid()), OWN), database, micros("self", CHILDREN));
    }

    private static double micros(String pid, int field) throws IOException {
        Path file = Path.of("/proc", pid, "stat");
        if (!Files.exists(file)) {
            return 0;
        }
        String text = Files.readString(file);
        // Behind the name, which may have spaces, and is the second field.
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[field - 3]) + Long.parseLong(fields[field - 2])) * MICROS_OF_TICK;
    }
}
