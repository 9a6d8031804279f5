import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keycloak as its guide tells for production: built for the database, started optimized, local cache since there is one
 * node, TLS left to a proxy. It has the same PostgreSQL and the same cores. There are two realms: in one, passwords are hashed
 * with PBKDF2 of 210,000 rounds, which OWASP holds to be as strong as our bcrypt of cost 10; in the other with the Argon2 that
 * it comes with.
 */
final class Keycloak implements AutoCloseable {

    static final Path HOME = Path.of("target/keycloak");
    static final int PORT = 8100;

    static final String PBKDF2 = "pbkdf2";
    static final String ARGON2 = "argon2";

    private static final String MASTER = "master";
    private static final String USER = "grant_type=password&client_id=bench&client_secret=bench&scope=openid"
            + "&username=user&password=correct%20horse%20battery";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final Process process;
    final double startMillis;

    private Keycloak(Process process, double startMillis) {
        this.process = process;
        this.startMillis = startMillis;
    }

    /** Makes its schema, and what the measurement needs of realm, client and user. */
    static void prepare() throws Exception {
        Tokens.sql("create schema if not exists keycloak");
        Process build = kc("build", "--db=postgres", "--cache=local", "--health-enabled=true");
        if (build.waitFor() != 0) {
            throw new IllegalStateException("Keycloak is not built, see " + Service.LOG);
        }
        try (Keycloak keycloak = start()) {
            String admin = field("access_token", post(
                    path(MASTER, "token"),
                    "grant_type=password&client_id=admin-cli&username=admin&password=admin-of-the-benchmark"));
            makeRealm(admin, PBKDF2, "hashAlgorithm(pbkdf2-sha512) and hashIterations(210000)");
            makeRealm(admin, ARGON2, "");
        }
    }

    private static void makeRealm(String admin, String name, String passwordPolicy) throws Exception {
        send(HttpRequest.newBuilder(uri("/admin/realms"))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Authorization", "Bearer " + admin)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("""
                        {"realm": "%s", "enabled": true, "accessTokenLifespan": 3600, "passwordPolicy": "%s",
                         "clients": [{"clientId": "bench", "secret": "bench", "directAccessGrantsEnabled": true,
                                      "standardFlowEnabled": false, "serviceAccountsEnabled": true}],
                         "users": [{"username": "user", "enabled": true, "email": "user@example.com",
                                    "emailVerified": true, "firstName": "A", "lastName": "User",
                                    "credentials": [{"type": "password", "value": "correct horse battery"}]}]}"""
                        .formatted(name, passwordPolicy))));
    }

    /** Up to the first answer that needs the database. */
    static Keycloak start() throws Exception {
        long begin = System.nanoTime();
        Process process = kc("start", "--optimized");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }));
        while (process.isAlive()) {
            try {
                HttpResponse<String> answer = CLIENT.send(
                        HttpRequest.newBuilder(uri("/realms/" + MASTER)).build(), HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == 200) {
                    return new Keycloak(process, (System.nanoTime() - begin) / 1e6);
                }
            } catch (IOException notYet) {
                // Tried again.
            }
            Thread.sleep(5);
        }
        throw new IllegalStateException("Keycloak ended, see " + Service.LOG);
    }

    private static Process kc(String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Benchmark.with(List.of(HOME.resolve("bin/kc.sh").toString()), arguments))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(Path.of(Service.LOG).toFile()));
        String java = ProcessHandle.current().info().command().orElseThrow();
        builder.environment().putAll(Map.of(
                "JAVA", java,
                "KC_DB_URL", System.getenv("QUARKUS_DATASOURCE_JDBC_URL") + "?currentSchema=keycloak",
                "KC_DB_SCHEMA", "keycloak",
                "KC_DB_USERNAME", System.getenv("QUARKUS_DATASOURCE_USERNAME"),
                "KC_DB_PASSWORD", System.getenv("QUARKUS_DATASOURCE_PASSWORD"),
                "KC_HTTP_ENABLED", "true",
                "KC_HTTP_PORT", String.valueOf(PORT),
                "KC_HTTP_MANAGEMENT_PORT", String.valueOf(PORT + 1000),
                "KC_HOSTNAME_STRICT", "false"));
        builder.environment().put("KC_BOOTSTRAP_ADMIN_USERNAME", "admin");
        builder.environment().put("KC_BOOTSTRAP_ADMIN_PASSWORD", "admin-of-the-benchmark");
        builder.environment().keySet().removeIf(name -> name.startsWith("QUARKUS_"));
        return builder.start();
    }

    /** Until it is no faster than before, as ours. */
    void warm() throws Exception {
        Load.warm(PORT, introspection());
        Load.warm(PORT, userinfo());
        Load.warm(PORT, login(PBKDF2));
        Load.warm(PORT, login(ARGON2));
    }

    double logins(String realm, int seconds) throws Exception {
        return Load.throughput(PORT, seconds, login(realm));
    }

    double introspections(int seconds) throws Exception {
        return Load.throughput(PORT, seconds, introspection());
    }

    double userinfos(int seconds) throws Exception {
        return Load.throughput(PORT, seconds, userinfo());
    }

    private static String login(String realm) {
        return form(path(realm, "token"), USER, null);
    }

    private static String introspection() throws Exception {
        String client = "Basic " + Base64.getEncoder().encodeToString("bench:bench".getBytes(StandardCharsets.UTF_8));
        return form(path(PBKDF2, "token/introspect"), "token=" + accessToken(), client);
    }

    private static String userinfo() throws Exception {
        return "wrk.path = '" + path(PBKDF2, "userinfo") + "'\nwrk.headers['Authorization'] = 'Bearer " + accessToken()
                + "'\n";
    }

    private static String accessToken() throws Exception {
        return field("access_token", post(path(PBKDF2, "token"), USER));
    }

    /** Milliseconds of one logout after the other. */
    double logoutMillis(int count) throws Exception {
        long nanos = 0;
        for (int i = 0; i < count; i++) {
            String refresh = field("refresh_token", post(path(PBKDF2, "token"), USER));
            long begin = System.nanoTime();
            post(path(PBKDF2, "logout"), "client_id=bench&client_secret=bench&refresh_token=" + refresh);
            nanos += System.nanoTime() - begin;
        }
        return nanos / 1e6 / count;
    }

    /** Its script is still there as the parent of the Java runtime. */
    double residentMegabytes() throws IOException {
        double megabytes = Service.residentMegabytes(process.toHandle());
        for (ProcessHandle child : process.descendants().toList()) {
            megabytes += Service.residentMegabytes(child);
        }
        return megabytes;
    }

    private static String path(String realm, String endpoint) {
        return "/realms/" + realm + "/protocol/openid-connect/" + endpoint;
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + PORT + path);
    }

    private static String form(String path, String body, String authorization) {
        return "wrk.method = 'POST'\nwrk.path = '" + path + "'\n"
                + "wrk.headers['Content-Type'] = 'application/x-www-form-urlencoded'\n"
                + (authorization == null ? "" : "wrk.headers['Authorization'] = '" + authorization + "'\n")
                + "wrk.body = '" + body + "'\n";
    }

    private static String post(String path, String form) throws Exception {
        return send(HttpRequest.newBuilder(uri(path))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    private static String send(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IllegalStateException(answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    private static String field(String name, String json) {
        Matcher field = Pattern.compile("\"" + name + "\" *: *\"([^\"]+)\"").matcher(json);
        if (!field.find()) {
            throw new IllegalStateException(json);
        }
        return field.group(1);
    }

    @Override
    public void close() throws InterruptedException {
        List<ProcessHandle> processes = process.descendants().toList();
        processes.forEach(ProcessHandle::destroy);
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("Keycloak does not stop");
        }
        processes.forEach(each -> each.onExit().join());
    }
}
