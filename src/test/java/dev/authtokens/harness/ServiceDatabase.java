package dev.authtokens.harness;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.nio.file.Path;
import java.util.Map;

/** A new database for each start of the service under test; tests reach it at {@link #url()}. */
public class ServiceDatabase implements QuarkusTestResourceLifecycleManager {

    /** Where the service under test says that it is. */
    public static final String PUBLIC_URL = "https://auth.example.com";

    /** In {@link #LEAKED_LIST}, and hard to guess. */
    public static final String LEAKED_PASSWORD = "umbrella quarry lantern tide";

    public static final String LEAKED_LIST =
            Path.of("src/test/resources/leaked-passwords.txt").toAbsolutePath().toString();

    private static final String PATIENCE = "5s";

    private static final String URL = "service-under-test.jdbc.url";

    /** A system property, since the test's class loader is not the one that started the database. */
    public static String url() {
        return System.getProperty(URL);
    }

    @Override
    public Map<String, String> start() {
        System.setProperty(URL, SharedPostgres.newDatabase());
        TestClock.install(url());
        return Map.ofEntries(
                Map.entry("quarkus.datasource.jdbc.url", url()),
                Map.entry("quarkus.datasource.username", Postgres.USER),
                Map.entry("quarkus.datasource.password", Postgres.PASSWORD),
                // A busy machine may stop everything for longer than the service waits for PostgreSQL.
                Map.entry("quarkus.datasource.jdbc.acquisition-timeout", PATIENCE),
                Map.entry("session.lock-timeout", "3s"),
                Map.entry("session.statement-timeout", PATIENCE),
                Map.entry("session.idle-in-transaction-timeout", PATIENCE),
                Map.entry("quarkus.datasource.jdbc.additional-jdbc-properties.socketTimeout", "10"),
                // A test makes a token older than that.
                Map.entry("auth-tokens.token.lifespan", "3650d"),
                // For the tests of cross-origin access; no other test says where it comes from.
                Map.entry("auth-tokens.http.cors-origins", "https://app.example.com,http://localhost:3000"),
                Map.entry("auth-tokens.password.leaked-list", LEAKED_LIST),
                Map.entry("auth-tokens.public-url", PUBLIC_URL),
                // All tests come from one address, and many of their logins fail on purpose.
                Map.entry("auth-tokens.throttle.address-failures", "1000000"),
                // The launcher of the packaged service reads its log as text.
                Map.entry("quarkus.log.file.json.enabled", "false"));
    }

    /** The server stays for the next start of Quarkus, which has a new database. */
    @Override
    public void stop() {}
}
