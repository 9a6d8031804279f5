package dev.authtokens.database;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.authtokens.harness.Await;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service on a PostgreSQL that asks for a password, which changes in its file. */
class DatabasePasswordIT {

    private static final String EMAIL = "admin@example.com";
    private static final String PASSWORD = "correct horse battery";
    private static final String ROLE = "auth_tokens";

    @Test
    void usesAChangedPasswordWithoutARestart(@TempDir Path folder) throws IOException {
        try (Postgres postgres = Postgres.startWithPasswords()) {
            String url = postgres.newDatabase();
            Postgres.execute(url, "create role " + ROLE + " login password 'first of the secrets'");
            Postgres.execute(url, "grant all on schema public to " + ROLE);
            Path file = Files.writeString(folder.resolve("password"), "first of the secrets\n");
            Map<String, String> settings = new HashMap<>(ServiceProcess.withAdministrator(url, EMAIL, PASSWORD));
            settings.put("QUARKUS_DATASOURCE_USERNAME", ROLE);
            settings.remove("QUARKUS_DATASOURCE_PASSWORD");
            settings.put("QUARKUS_DATASOURCE_PASSWORD_FILE", file.toString());
            try (ServiceProcess service = ServiceProcess.start(settings).awaitReady()) {
                awaitLogin(200, service);

                Postgres.execute(url, "alter role " + ROLE + " password 'second of the secrets'");
                disconnect(url);
                awaitLogin(503, service);
                Files.writeString(file, "second of the secrets\n");
                awaitLogin(200, service);

                // A file that is missing for a moment does no harm.
                Files.delete(file);
                disconnect(url);
                awaitLogin(200, service);
                String reason = "(QUARKUS_DATASOURCE_PASSWORD_FILE): the file cannot be read as UTF-8";
                Await.until(service::output, () -> service.output().contains(reason));
                Postgres.execute(url, "alter role " + ROLE + " password 'third of the secrets'");
                disconnect(url);
                awaitLogin(503, service);
                Files.writeString(file, "third of the secrets");
                awaitLogin(200, service);
                assertFalse(service.output().contains("of the secrets"), service.output());
            }
        }
    }

    private static void disconnect(String url) {
        Postgres.query(url, "select pg_terminate_backend(pid) from pg_stat_activity where usename = ?", ROLE);
    }

    private static void awaitLogin(int status, ServiceProcess service) {
        Await.until(
                () -> "No login is answered with " + status + ":\n" + service.output(),
                () -> service.login(EMAIL, PASSWORD).statusCode() == status);
    }
}
