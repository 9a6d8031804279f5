import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The service, for the comparison. */
record AuthTokens(String name, List<String> command) implements Peer {

    @Override
    public String hash() {
        return "bcrypt of cost 10, in Java";
    }

    @Override
    public String checkedBy() {
        return "`/v4/auth-tokens/verify/`";
    }

    @Override
    public void prepare() throws Exception {
        Service.firstLogin(command);
    }

    @Override
    public Server start(int instance) throws Exception {
        int port = Service.PORT + instance;
        return Server.start(port, Service.builder(command, port, Map.of()));
    }

    @Override
    public Request login() {
        return Request.json("POST", "/v4/auth-tokens/", Service.LOGIN_BODY);
    }

    @Override
    public Request check(Connection.Answer login) {
        return Request.get("/v4/auth-tokens/verify/", authorization(login));
    }

    @Override
    public boolean isValid(Connection.Answer check) {
        return check.status() == 200;
    }

    @Override
    public Request logout(Connection.Answer login) {
        return Request.delete("/v4/auth-tokens/", authorization(login));
    }

    @Override
    public Optional<Request> introspection(Connection.Answer login) {
        return Optional.of(Request.form("/oauth2/introspect", "token=" + token(login), authorization(login)));
    }

    private static String authorization(Connection.Answer login) {
        return "Authorization: giantswarm " + token(login);
    }

    private static String token(Connection.Answer login) {
        return login.field("auth_token");
    }
}
