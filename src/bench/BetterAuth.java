import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** better-auth with its bearer plugin on Node.js, one process for each core; {@code better-auth.mjs} is the server. */
final class BetterAuth implements Peer {

    private static final int PORT = 8400;
    private static final Path HOME = Path.of("target/better-auth");
    private static final String LOGIN = "{\"email\": \"" + USER + "\", \"password\": \"" + PASSWORD + "\"";

    @Override
    public String name() {
        return "better-auth " + System.getProperty("better-auth");
    }

    @Override
    public String hash() {
        return "bcrypt of cost 10, in Rust";
    }

    @Override
    public String checkedBy() {
        return "`get-session`";
    }

    @Override
    public void prepare() throws Exception {
        Tokens.createDatabase("betterauth");
        // Beside the packages that it imports.
        Files.copy(
                Path.of("src/bench/better-auth.mjs"), HOME.resolve("server.mjs"), StandardCopyOption.REPLACE_EXISTING);
        Server.run(node(PORT, "migrate"));
        try (Server server = start(0)) {
            Peers.await(server, Request.get("/api/auth/ok"), answer -> answer.status() == 200);
            Connection.once(PORT, Request.json("POST", "/api/auth/sign-up/email", LOGIN + ", \"name\": \"user\"}"))
                    .require(200);
        }
    }

    @Override
    public Server start(int instance) throws Exception {
        return Server.start(PORT + instance, node(PORT + instance, "serve"));
    }

    private static ProcessBuilder node(int port, String command) {
        ProcessBuilder builder = new ProcessBuilder("node", HOME.resolve("server.mjs").toString(), command);
        builder.environment().putAll(Map.of(
                "NODE_ENV", "production",
                "PORT", String.valueOf(port),
                "DATABASE", Tokens.uri("betterauth").replaceFirst("//", "//" + Tokens.USER + ":" + Tokens.PASSWORD + "@"),
                "BETTER_AUTH_SECRET", "the-secret-of-the-benchmark-of-32-bytes-and-more",
                "BETTER_AUTH_TELEMETRY", "0"));
        return builder;
    }

    @Override
    public Request login() {
        return Request.json("POST", "/api/auth/sign-in/email", LOGIN + "}");
    }

    @Override
    public Request check(Connection.Answer login) {
        return Request.get("/api/auth/get-session", authorization(login));
    }

    @Override
    public boolean isValid(Connection.Answer check) {
        return check.status() == 200 && check.body().contains("\"session\"");
    }

    @Override
    public Request logout(Connection.Answer login) {
        return Request.json("POST", "/api/auth/sign-out", "{}", authorization(login));
    }

    private static String authorization(Connection.Answer login) {
        return "Authorization: Bearer " + login.header("set-auth-token");
    }
}
