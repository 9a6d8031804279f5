import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;

/**
 * Glewlwyd as Debian serves it, with its OpenID Connect plugin. PostgreSQL hashes its passwords (pgcrypto). It logs errors
 * only.
 */
final class Glewlwyd implements Peer {

    private static final int PORT = 8300;
    private static final Path CONFIGURATION = Path.of("target/glewlwyd.conf");
    private static final String BASIC = "Authorization: Basic "
            + Base64.getEncoder().encodeToString("bench:bench".getBytes(StandardCharsets.UTF_8));

    @Override
    public String name() {
        return "Glewlwyd " + System.getProperty("glewlwyd");
    }

    @Override
    public String hash() {
        return "bcrypt of cost 10, in PostgreSQL";
    }

    @Override
    public String checkedBy() {
        return "introspection";
    }

    @Override
    public void prepare() throws Exception {
        Tokens.createDatabase("glewlwyd");
        String uri = Tokens.uri("glewlwyd").replaceFirst("//", "//" + Tokens.USER + ":" + Tokens.PASSWORD + "@");
        Server.run(new ProcessBuilder("bash", "-ec", """
                psql -q "$0" -c 'create extension pgcrypto'
                zcat /usr/share/doc/glewlwyd/database/init.postgre.sql.gz | psql -q -v ON_ERROR_STOP=1 "$0"
                psql -q "$0" -c "update g_user_password set guw_password = crypt('%s', gen_salt('bf', 10))"
                """.formatted(PASSWORD), uri));
        String packaged = Files.readString(Path.of("/etc/glewlwyd/glewlwyd.conf"))
                .replaceAll("(?ms)^database\\s*=\\s*\\{.*?\\}", "")
                .replaceAll("(?m)^(log_mode|log_level|@include|;).*", "");
        Files.writeString(CONFIGURATION, packaged + """
                log_mode="console"
                log_level="ERROR"
                database =
                {
                  type = "postgre"
                  conninfo = "%s"
                };
                """.formatted(uri));
        try (Server server = start(0)) {
            Peers.await(server, Request.get("/config"), answer -> answer.status() == 200);
            String cookie = "Cookie: " + Connection.once(PORT, Request.json("POST", "/api/auth", """
                            {"username": "admin", "password": "%s"}""".formatted(PASSWORD)))
                    .require(200)
                    .header("Set-Cookie")
                    .split(";")[0];
            Connection.once(PORT, Request.json("POST", "/api/mod/plugin/", """
                    {"module": "oidc", "name": "oidc", "display_name": "OIDC", "enabled": true, "parameters": {
                     "iss": "http://localhost", "jwt-type": "sha", "jwt-key-size": "256", "key": "the-key-of-the-benchmark",
                     "code-duration": 600, "refresh-token-duration": 1209600, "access-token-duration": 3600,
                     "refresh-token-rolling": true, "allow-non-oidc": true,
                     "auth-type-code-enabled": true, "auth-type-token-enabled": true, "auth-type-id-token-enabled": true,
                     "auth-type-none-enabled": true, "auth-type-password-enabled": true,
                     "auth-type-client-enabled": true, "auth-type-refresh-enabled": true,
                     "introspection-revocation-allowed": true, "introspection-revocation-allow-target-client": true}}""",
                    cookie)).require(200);
            Connection.once(PORT, Request.json("POST", "/api/client/", """
                    {"client_id": "bench", "name": "bench", "confidential": true, "enabled": true, "client_secret": "bench",
                     "token_endpoint_auth_method": ["client_secret_basic"],
                     "authorization_type": ["password", "client_credentials"], "scope": []}""", cookie)).require(200);
        }
    }

    @Override
    public Server start(int instance) throws Exception {
        int port = PORT + instance;
        return Server.start(
                port, new ProcessBuilder("glewlwyd", "-c", CONFIGURATION.toString(), "-p", String.valueOf(port)));
    }

    @Override
    public Request login() {
        return Request.form("/api/oidc/token", "grant_type=password&scope=g_profile&username=admin&password="
                + PASSWORD.replace(" ", "%20"), BASIC);
    }

    @Override
    public Request check(Connection.Answer login) {
        return Request.form("/api/oidc/introspect", "token=" + login.field("access_token"), BASIC);
    }

    @Override
    public Optional<Request> introspection(Connection.Answer login) {
        return Optional.of(check(login));
    }

    @Override
    public boolean isValid(Connection.Answer check) {
        return check.status() == 200 && check.body().replace(" ", "").contains("\"active\":true");
    }

    @Override
    public Request logout(Connection.Answer login) {
        return Request.form("/api/oidc/revoke", "token=" + login.field("access_token"), BASIC);
    }
}
