import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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

    static void compare(Benchmark benchmark) throws Exception {
        Figures theirs = keycloak(benchmark.seconds);
        Optional<String> runner = nativeExecutable();
        Figures ours = service(runner.map(List::of).orElse(Service.JVM), benchmark.seconds);
        String suffix = runner.isPresent() ? " (native)" : "";
        Report report = benchmark.report;
        report.lessThan("Keycloak: start" + suffix, ours.start(), "ms", theirs.start());
        report.lessThan("Keycloak: memory idle" + suffix, ours.idle(), "MB", theirs.idle());
        report.compared("Keycloak: introspection" + suffix, ours.introspections(), "/s", theirs.introspections());
        report.compared("Keycloak: check, its userinfo" + suffix, ours.checks(), "/s", theirs.checks());
        report.compared("Keycloak: login, bcrypt to its PBKDF2" + suffix, ours.logins(), "/s", theirs.logins());
        report.compared(
                "Keycloak: login, bcrypt to its default Argon2" + suffix,
                ours.loginsOfDefaults(),
                "/s",
                theirs.loginsOfDefaults());
        report.lessThan("Keycloak: logout" + suffix, ours.logout(), "ms", theirs.logout());
        report.lessThan("Keycloak: memory after load" + suffix, ours.loaded(), "MB", theirs.loaded());
    }

    private static Figures keycloak(int seconds) throws Exception {
        Keycloak.prepare();
        double[] starts = new double[STARTS];
        for (int i = 0; i < STARTS; i++) {
            try (Keycloak keycloak = Keycloak.start()) {
                starts[i] = keycloak.startMillis;
            }
        }
        Arrays.sort(starts);
        try (Keycloak keycloak = Keycloak.start()) {
            Thread.sleep(3000);
            double idle = keycloak.residentMegabytes();
            keycloak.warm();
            return new Figures(
                    starts[STARTS / 2],
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
