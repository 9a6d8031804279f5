package dev.authtokens.dev;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Runs the service in development mode. Without a configured database it brings its own, makes a demo administrator in
 * it, and shows a newcomer how to try the service.
 */
public final class DevMain implements QuarkusApplication {

    private static final String URL = "quarkus.datasource.jdbc.url";
    private static final String DATA = "dev-database.folder";
    private static final String DEMO_EMAIL = "admin@example.com";
    private static final String DEMO_PASSWORD = "correct horse battery";

    private static final String HOW_TO_TRY = """

            auth-tokens is at %1$s, Swagger UI at %1$s/q/swagger-ui
            The demo administrator is %2$s with the password: %3$s
            Log in, see who you are, log out, and be refused:

            TOKEN=$(curl -s -w '%%{stderr}%%{http_code}\\n' -H 'Content-Type: application/json' -d '{"email":"%2$s","password_base64":"%4$s"}' %1$s/v4/auth-tokens/ | cut -d'"' -f4)
            curl -s -w ' %%{http_code}\\n' -H "Authorization: giantswarm $TOKEN" %1$s/v4/user/
            curl -s -w ' %%{http_code}\\n' -H "Authorization: giantswarm $TOKEN" -X DELETE %1$s/v4/auth-tokens/
            curl -s -w ' %%{http_code}\\n' -H "Authorization: giantswarm $TOKEN" %1$s/v4/user/
            """;

    public static void main(String... args) {
        Config config = ConfigProvider.getConfig();
        if (config.getOptionalValue(URL, String.class).isEmpty()) {
            Path data = Path.of(System.getProperty(DATA, ".dev-database")).toAbsolutePath();
            System.setProperty(URL, EmbeddedDatabase.start(data));
            System.setProperty("quarkus.datasource.username", "postgres");
            System.setProperty("quarkus.datasource.password", "postgres");
            System.setProperty("auth-tokens.bootstrap.email", DEMO_EMAIL);
            System.setProperty("auth-tokens.bootstrap.password", DEMO_PASSWORD);
        }
        Quarkus.run(DevMain.class, args);
    }

    @Override
    public int run(String... args) {
        if (DEMO_PASSWORD.equals(System.getProperty("auth-tokens.bootstrap.password"))) {
            String base = "http://localhost:" + ConfigProvider.getConfig().getValue("quarkus.http.port", String.class);
            String encoded = Base64.getEncoder().encodeToString(DEMO_PASSWORD.getBytes(StandardCharsets.UTF_8));
            System.out.printf(HOW_TO_TRY, base, DEMO_EMAIL, DEMO_PASSWORD, encoded);
        }
        Quarkus.waitForExit();
        return 0;
    }
}
