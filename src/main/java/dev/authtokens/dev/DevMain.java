package dev.authtokens.dev;

import io.quarkus.runtime.Quarkus;
import java.nio.file.Path;
import java.util.Locale;
import org.eclipse.microprofile.config.ConfigProvider;

/** Runs the service in development mode. Without a configured database it brings its own, with a demo administrator. */
public final class DevMain {

    static final String DEMO_EMAIL = "admin@example.com";
    static final String DEMO_PASSWORD = "correct horse battery";

    private static final String URL = "quarkus.datasource.jdbc.url";
    private static final String BOOTSTRAP_EMAIL = "auth-tokens.bootstrap.email";
    private static final String BOOTSTRAP_PASSWORD = "auth-tokens.bootstrap.password";

    private DevMain() {}

    public static void main(String... args) {
        // As Main does.
        Locale.setDefault(Locale.ROOT);
        if (ConfigProvider.getConfig().getOptionalValue(URL, String.class).isEmpty()) {
            Path data = Path.of(System.getProperty("dev-database.folder", ".dev-database"));
            System.setProperty(URL, EmbeddedDatabase.start(data.toAbsolutePath()));
            System.setProperty("quarkus.datasource.username", "postgres");
            System.setProperty("quarkus.datasource.password", "postgres");
            System.setProperty(BOOTSTRAP_EMAIL, DEMO_EMAIL);
            System.setProperty(BOOTSTRAP_PASSWORD, DEMO_PASSWORD);
        }
        Quarkus.run(args);
    }

    /** Whether this is the demo, and not a database of somebody's own. */
    static boolean isDemo() {
        return DEMO_PASSWORD.equals(System.getProperty(BOOTSTRAP_PASSWORD));
    }
}
