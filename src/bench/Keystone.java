import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * OpenStack Keystone as Debian serves it: under uWSGI with the settings of Debian's package, which asks for two processes per
 * core; Fernet tokens; memcached, as its guide recommends, shared by both instances.
 */
final class Keystone implements Peer {

    private static final int PORT = 8200;
    private static final int MEMCACHED = 8299;
    private static final Path HOME = Path.of("target/keystone").toAbsolutePath();
    private static final Path CONFIGURATION = HOME.resolve("keystone.conf");

    private String administrator;

    @Override
    public String name() {
        return "Keystone " + System.getProperty("keystone");
    }

    @Override
    public String hash() {
        return "bcrypt of cost 10, in C";
    }

    @Override
    public String checkedBy() {
        return "`GET /v3/auth/tokens`";
    }

    @Override
    public void prepare() throws Exception {
        Tokens.createDatabase("keystone");
        Files.createDirectories(HOME);
        Files.writeString(CONFIGURATION, """
                [database]
                connection = %s
                [cache]
                enabled = true
                backend = dogpile.cache.memcached
                memcache_servers = 127.0.0.1:%d
                [identity]
                password_hash_algorithm = bcrypt
                password_hash_rounds = 10
                [token]
                provider = fernet
                [fernet_tokens]
                key_repository = %s/fernet-keys
                [credential]
                key_repository = %s/credential-keys
                """.formatted(
                Tokens.uri("keystone").replaceFirst("//", "//" + Tokens.USER + ":" + Tokens.PASSWORD + "@"),
                MEMCACHED, HOME, HOME));
        manage("db_sync");
        manage("fernet_setup", "--keystone-user", "root", "--keystone-group", "root");
        manage("credential_setup", "--keystone-user", "root", "--keystone-group", "root");
        manage("bootstrap", "--bootstrap-username", "admin", "--bootstrap-password", PASSWORD);
        try (Server server = start(0)) {
            Peers.await(server, Request.get("/v3"), answer -> answer.status() == 200);
            administrator = token(Connection.once(PORT, login("admin")).require(201));
            Connection.once(PORT, Request.json("POST", "/v3/users", """
                    {"user": {"name": "%s", "password": "%s", "domain_id": "default"}}""".formatted(USER, PASSWORD),
                    "X-Auth-Token: " + administrator)).require(201);
        }
    }

    private static void manage(String... arguments) throws Exception {
        Server.run(new ProcessBuilder(Benchmark.with(
                List.of("keystone-manage", "--config-file", CONFIGURATION.toString()), arguments)));
    }

    /** Debian's settings, but for connections that are kept, and no access log. */
    @Override
    public Server start(int instance) throws Exception {
        ProcessBuilder uwsgi = new ProcessBuilder(
                "uwsgi", "--master", "--thunder-lock", "--lazy-apps", "--no-orphans", "--die-on-term",
                "--plugins", "python3", "--buffer-size", "65535",
                "--enable-threads", "--threads", "32", "--listen", "100", "--disable-logging",
                "--processes", String.valueOf(2 * Runtime.getRuntime().availableProcessors()),
                "--http11-socket", "127.0.0.1:" + (PORT + instance),
                "--wsgi-file", "/usr/bin/keystone-wsgi-public");
        uwsgi.environment().putAll(Map.of(
                "OS_KEYSTONE_CONFIG_DIR", HOME.toString(), "OS_KEYSTONE_CONFIG_FILES", "keystone.conf"));
        return instance > 0
                ? Server.start(PORT + instance, uwsgi)
                : Server.start(PORT, new ProcessBuilder(
                        "memcached", "-u", "root", "-l", "127.0.0.1", "-p", String.valueOf(MEMCACHED)), uwsgi);
    }

    @Override
    public Request login() {
        return login(USER);
    }

    private static Request login(String user) {
        return Request.json("POST", "/v3/auth/tokens", """
                {"auth": {"identity": {"methods": ["password"], "password": {"user":
                {"name": "%s", "password": "%s", "domain": {"id": "default"}}}}%s}}""".formatted(
                user, PASSWORD,
                user.equals("admin") ? ", \"scope\": {\"project\": {\"name\": \"admin\", \"domain\": {\"id\": \"default\"}}}" : ""));
    }

    private static String token(Connection.Answer login) {
        return login.header("X-Subject-Token");
    }

    /** As its middleware asks: with a token of its own. */
    @Override
    public Request check(Connection.Answer login) {
        return Request.get("/v3/auth/tokens", "X-Auth-Token: " + administrator, "X-Subject-Token: " + token(login));
    }

    @Override
    public boolean isValid(Connection.Answer check) {
        return check.status() == 200;
    }

    @Override
    public Request logout(Connection.Answer login) {
        return Request.delete("/v3/auth/tokens", "X-Auth-Token: " + token(login), "X-Subject-Token: " + token(login));
    }
}
