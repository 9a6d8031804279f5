import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keycloak as its guide tells for production: built for the database, started optimized, TLS left to a proxy; local cache for
 * one instance, and a cluster for two. Passwords are hashed with PBKDF2 of 210,000 rounds, which OWASP holds to be as strong
 * as our bcrypt of cost 10.
 */
final class Keycloak implements Peer {

    private static final int PORT = 8100;
    private static final String ADMIN = "admin-of-the-benchmark";
    private static final String CLIENT = "client_id=bench&client_secret=bench";
    private static final String BASIC = "Authorization: Basic "
            + Base64.getEncoder().encodeToString("bench:bench".getBytes(StandardCharsets.UTF_8));

    @Override
    public String name() {
        return "Keycloak " + System.getProperty("keycloak");
    }

    @Override
    public String hash() {
        return "PBKDF2-SHA-512 of 210,000 rounds";
    }

    @Override
    public String checkedBy() {
        return "userinfo";
    }

    @Override
    public void prepare() throws Exception {
        Tokens.createDatabase("keycloak");
        build("local");
        try (Server server = start(0)) {
            Peers.await(server, Request.get("/realms/master"), answer -> answer.status() == 200);
            String token = Connection.once(
                            PORT,
                            Request.form(path("master", "token"),
                                    "grant_type=password&client_id=admin-cli&username=admin&password=" + ADMIN))
                    .require(200)
                    .field("access_token");
            Connection.once(PORT, Request.json("POST", "/admin/realms", """
                    {"realm": "bench", "enabled": true, "accessTokenLifespan": 3600,
                     "passwordPolicy": "hashAlgorithm(pbkdf2-sha512) and hashIterations(210000)",
                     "clients": [{"clientId": "bench", "secret": "bench", "directAccessGrantsEnabled": true,
                                  "standardFlowEnabled": false, "serviceAccountsEnabled": true}],
                     "users": [{"username": "user", "enabled": true, "email": "%s",
                                "emailVerified": true, "firstName": "A", "lastName": "User",
                                "credentials": [{"type": "password", "value": "%s"}]}]}"""
                    .formatted(USER, PASSWORD), "Authorization: Bearer " + token)).require(201);
        }
    }

    @Override
    public void prepareSecondInstance() throws Exception {
        build("ispn");
    }

    private static void build(String cache) throws Exception {
        Server.run(kc(0, "build", "--db=postgres", "--cache=" + cache, "--health-enabled=true"));
    }

    @Override
    public Server start(int instance) throws Exception {
        return Server.start(PORT + instance, kc(instance, "start", "--optimized"));
    }

    private static ProcessBuilder kc(int instance, String... arguments) {
        ProcessBuilder builder = new ProcessBuilder(Benchmark.with(List.of("target/keycloak/bin/kc.sh"), arguments));
        builder.environment().keySet().removeIf(name -> name.startsWith("QUARKUS_"));
        builder.environment().putAll(Map.of(
                "JAVA", ProcessHandle.current().info().command().orElseThrow(),
                "JAVA_OPTS_APPEND", "-Djgroups.bind.address=127.0.0.1",
                "KC_DB_URL", "jdbc:" + Tokens.uri("keycloak"),
                "KC_DB_USERNAME", Tokens.USER,
                "KC_DB_PASSWORD", Tokens.PASSWORD,
                "KC_HTTP_ENABLED", "true",
                "KC_HTTP_PORT", String.valueOf(PORT + instance),
                "KC_HTTP_MANAGEMENT_PORT", String.valueOf(PORT + 1000 + instance),
                "KC_HOSTNAME_STRICT", "false",
                "KC_BOOTSTRAP_ADMIN_PASSWORD", ADMIN));
        builder.environment().put("KC_BOOTSTRAP_ADMIN_USERNAME", "admin");
        return builder;
    }

    @Override
    public Request login() {
        return Request.form(path("bench", "token"), "grant_type=password&scope=openid&" + CLIENT
                + "&username=user&password=" + PASSWORD.replace(" ", "%20"));
    }

    @Override
    public Request check(Connection.Answer login) {
        return Request.get(path("bench", "userinfo"), "Authorization: Bearer " + login.field("access_token"));
    }

    @Override
    public boolean isValid(Connection.Answer check) {
        return check.status() == 200;
    }

    @Override
    public Request logout(Connection.Answer login) {
        return Request.form(path("bench", "logout"), CLIENT + "&refresh_token=" + login.field("refresh_token"));
    }

    @Override
    public Optional<Request> introspection(Connection.Answer login) {
        return Optional.of(Request.form(path("bench", "token/introspect"), "token=" + login.field("access_token"), BASIC));
    }

    private static String path(String realm, String endpoint) {
        return "/realms/" + realm + "/protocol/openid-connect/" + endpoint;
    }
}
