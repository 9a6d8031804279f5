package dev.authtokens.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.Certificate;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service on a database that it verifies, as the overlay {@code production} has it. */
class DatabaseTlsIT {

    private static final String EMAIL = "admin@example.com";
    private static final String PASSWORD = "correct horse battery";

    @Test
    void encryptsAllItsConnectionsAndRefusesADatabaseThatIsNotTheOne(@TempDir Path folder) throws Exception {
        Certificate.in(folder);
        Path other = Files.createDirectory(folder.resolve("other"));
        Certificate.in(other);
        try (Postgres postgres = Postgres.startWithTls(folder)) {
            String url = postgres.url();
            try (ServiceProcess service =
                    ServiceProcess.start(environment(verifying(url, folder))).awaitReady()) {
                String token = service.token(EMAIL, PASSWORD);
                assertEquals(200, service.get(Api.USER, token).statusCode());
                assertEquals(List.of("auth-tokens"), applications(url, true));
                assertEquals(List.of(), applications(url, false));
            }
            ServiceProcess command = ServiceProcess.command(environment(verifying(url, folder)), "user", "list");
            assertEquals(0, command.exitCode(), command.errors());

            try (ServiceProcess service = ServiceProcess.start(environment(verifying(url, other)))) {
                assertEquals(1, service.exitCode());
                assertTrue(service.errors().contains("quarkus.datasource.jdbc.url"), service.errors());
            }
        }
    }

    /** The property differs from the default, which is to encrypt where the database can. */
    @Test
    void appliesDriverPropertiesBesideTheUrlToAllConnections(@TempDir Path folder) throws Exception {
        Certificate.in(folder);
        try (Postgres postgres = Postgres.startWithTls(folder)) {
            String url = postgres.url();
            Map<String, String> environment = environment(url);
            environment.put("QUARKUS_DATASOURCE_JDBC_ADDITIONAL_JDBC_PROPERTIES_SSLMODE", "disable");
            try (ServiceProcess service = ServiceProcess.start(environment).awaitReady()) {
                service.token(EMAIL, PASSWORD);
                assertEquals(List.of("auth-tokens"), applications(url, false));
                assertEquals(List.of(), applications(url, true));
            }
            // PostgreSQL notices a moment later that the service has ended.
            Await.until(
                    "its connections stay",
                    () -> applications(url, false).isEmpty()
                            && applications(url, true).isEmpty());
            // Parameters in the URL take precedence.
            environment.put("QUARKUS_DATASOURCE_JDBC_URL", url + "?sslmode=require");
            try (ServiceProcess service = ServiceProcess.start(environment).awaitReady()) {
                service.token(EMAIL, PASSWORD);
                assertEquals(List.of("auth-tokens"), applications(url, true));
                assertEquals(List.of(), applications(url, false));
            }
        }
    }

    private static String verifying(String url, Path folder) {
        return url + "?sslmode=verify-full&sslrootcert=" + folder.resolve("tls.crt");
    }

    private static Map<String, String> environment(String url) {
        return ServiceProcess.patient(ServiceProcess.withAdministrator(url, EMAIL, PASSWORD));
    }

    /** Of the service, whose connections are encrypted or not. */
    private static List<Object> applications(String url, boolean encrypted) {
        return Postgres.query(
                url,
                "select distinct application_name from pg_stat_activity join pg_stat_ssl using (pid)"
                        + " where application_name like 'auth-tokens%' and ssl = ? order by 1",
                encrypted);
    }
}
