import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The same operations of Keycloak and of the service, one after the other on the same cores and the same PostgreSQL. */
final class Peer {

    private static final int LOGOUTS = 50;
    private static final int STARTS = 3;

    private record Figures(
            double start,
            double idle,
            double introspections,
            double checks,
            double logins,
            double loginsOfDefaults,
            double logout,
            double loaded) {}

    private Peer() {}

    /** With the native executable, where it is built, and with the jar. */
    static void compare(Benchmark benchmark) throws Exception {
        Figures theirs = keycloak(benchmark.seconds);
        Optional<String> runner = nativeExecutable();
        if (runner.isPresent()) {
            compare(benchmark.report, "native", service(List.of(runner.get()), benchmark.seconds), theirs);
        }
        compare(benchmark.report, "jar", service(Service.JVM, benchmark.seconds), theirs);
    }

    private static void compare(Report report, String kind, Figures ours, Figures theirs) {
        String prefix = "Keycloak, to the " + kind + ": ";
        report.lessThan(prefix + "start", ours.start(), "ms", theirs.start());
        report.lessThan(prefix + "memory idle", ours.idle(), "MB", theirs.idle());
        report.compared(prefix + "introspection", ours.introspections(), "/s", theirs.introspections());
        report.compared(prefix + "check, its userinfo", ours.checks(), "/s", theirs.checks());
        report.compared(prefix + "login, bcrypt to its PBKDF2", ours.logins(), "/s", theirs.logins());
        report.compared(
                prefix + "login, bcrypt to its default Argon2", ours.loginsOfDefaults(), "/s", theirs.loginsOfDefaults());
        report.lessThan(prefix + "logout", ours.logout(), "ms", theirs.logout());
        report.lessThan(prefix + "memory after load", ours.loaded(), "MB", theirs.loaded());
    }

    private static Figures keycloak(int seconds) throws Exception {
        Keycloak.prepare();
        double[] starts = new double[STARTS];
        for (int i = 0; i < STARTS; i++) {
            try (Keycloak keycloak = Keycloak.start()) {
                starts[i] = keycloak.startMillis;
            }
        }
        try (Keycloak keycloak = Keycloak.start()) {
            Thread.sleep(3000);
            double idle = keycloak.residentMegabytes();
            keycloak.warm();
            return new Figures(
                    Benchmark.median(starts),
                    idle,
                    keycloak.introspections(seconds),
                    keycloak.userinfos(seconds),
                    keycloak.logins(Keycloak.PBKDF2, seconds),
                    keycloak.logins(Keycloak.ARGON2, seconds),
                    keycloak.logoutMillis(LOGOUTS),
                    keycloak.residentMegabytes());
        }
    }

    private static Figures service(List<String> command, int seconds) throws Exception {
        String token = Service.firstLogin(command);
        Tokens.insert(0, Benchmark.LIVE, 0);
        double start = Service.startMillis(command, token, STARTS);
        try (Service service = Service.start(command, Service.PORT, Map.of()).awaitOk(token)) {
            Thread.sleep(3000);
            double idle = service.residentMegabytes();
            String introspection = Load.introspection(token, Tokens.of(0));
            String checks = Load.get("/v4/auth-tokens/verify/", Tokens.range(0, 1000));
            Load.warm(introspection);
            Load.warm(checks);
            Load.warm(Load.login());
            double introspected = Load.throughput(seconds, introspection);
            double checked = Load.throughput(seconds, checks);
            double logins = Load.throughput(seconds, Load.login());
            long nanos = 0;
            for (int i = 0; i < LOGOUTS; i++) {
                String each = service.logIn();
                long begin = System.nanoTime();
                service.logOut(each);
                nanos += System.nanoTime() - begin;
            }
            double logout = nanos / 1e6 / LOGOUTS;
            return new Figures(
                    start, idle, introspected, checked, logins, logins, logout, service.residentMegabytes());
        }
    }

    private static Optional<String> nativeExecutable() throws IOException {
        try (var files = Files.list(Path.of("target"))) {
            return files.map(Path::toString).filter(name -> name.endsWith("-runner")).findFirst();
        }
    }
}
