package dev.authtokens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.ListeningPorts;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.RawConnection;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The start of the packaged service: on an empty database, beside others, and when something is wrong. */
@Execution(ExecutionMode.CONCURRENT)
class StartUpIT {

    private static final String EMAIL = "Admin@Example.com";
    private static final String PASSWORD = "correct horse battery";

    /** As Flyway makes it. */
    private static final String HISTORY = """
            create table %s (
                installed_rank integer primary key, version varchar(50), description varchar(200) not null,
                type varchar(20) not null, script varchar(1000) not null, checksum integer,
                installed_by varchar(100) not null, installed_on timestamp not null default now(),
                execution_time integer not null, success boolean not null)""";

    /**
     * What a machine that stands still for a second is told about: a thread was blocked, a reading took too long. And a fault of
     * older Java runtimes.
     */
    private static final List<String> OF_THE_MACHINE =
            List.of("io.vertx.core.impl.BlockedThreadChecker", "dev.authtokens.token.RevocationLog", "JDK-8301341");

    /** Part of a setting that no start may print. */
    private static final String SECRET = "s3cret";

    @TempDir
    static Path directory;

    @Test
    void makesTheFirstAdministratorAndKeepsEverythingOverARestart() throws IOException {
        Map<String, String> environment = new HashMap<>(ServiceProcess.database(SharedPostgres.newDatabase()));
        environment.put("AUTH_TOKENS_BOOTSTRAP_EMAIL", EMAIL);
        environment.put("AUTH_TOKENS_BOOTSTRAP_PASSWORD_FILE", file(PASSWORD + "\n"));
        environment.put("QUARKUS_DATASOURCE_PASSWORD_FILE", file(environment.remove("QUARKUS_DATASOURCE_PASSWORD")));
        environment.put("AUTH_TOKENS_PASSWORD_PEPPER", "a pepper for this test");
        environment.put("AUTH_TOKENS_TOKEN_IDLE_TIMEOUT", "30d");
        String token;
        try (ServiceProcess service = ServiceProcess.start(environment).awaitReady()) {
            token = service.token("admin@example.com", PASSWORD);
            assertTrue(service.get(Api.USER, token).body().contains("\"email\":\"" + EMAIL + "\""));
            // 143 = 128 + SIGTERM
            assertEquals(143, service.stop());
            assertEquals("", service.errors());
        }
        environment.put("AUTH_TOKENS_BOOTSTRAP_EMAIL", "somebody-else@example.com");
        try (ServiceProcess service = ServiceProcess.start(environment).awaitReady()) {
            assertEquals(200, service.get(Api.USER, token).statusCode());
            assertEquals(
                    401, service.login("somebody-else@example.com", PASSWORD).statusCode());
            // Whoever reads the log of a pod that is well has nothing to explain.
            List<String> unusual = service.output()
                    .lines()
                    .filter(line -> line.contains("\"level\":\"WARN\"") || line.contains("\"level\":\"ERROR\""))
                    .filter(line -> OF_THE_MACHINE.stream().noneMatch(line::contains))
                    .toList();
            assertEquals(List.of(), unusual);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void listensOnItsTwoPortsOnly() {
        Map<String, String> environment = ServiceProcess.patient(
                ServiceProcess.withAdministrator(SharedPostgres.newDatabaseWithSchema(), EMAIL, PASSWORD));
        try (ServiceProcess service = ServiceProcess.start(environment).awaitReady()) {
            service.token(EMAIL, PASSWORD);
            assertEquals(Set.of(service.port(), service.managementUri("/").getPort()), ListeningPorts.of(service));
        }
    }

    /** A cold service cannot recover from a lack of files, so connections must leave it some. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void staysWithinTheFilesThatTheProcessMayOpen() throws Exception {
        Map<String, String> environment = ServiceProcess.patient(
                ServiceProcess.withAdministrator(SharedPostgres.newDatabaseWithSchema(), EMAIL, PASSWORD));
        try (ServiceProcess service = ServiceProcess.start(environment, StartUpIT::withFewFiles)) {
            assertEquals(1, service.exitCode());
            String line = service.errors();
            assertTrue(
                    line.contains("quarkus.http.limits.max-connections (QUARKUS_HTTP_LIMITS_MAX_CONNECTIONS)"), line);
        }
        environment.put("QUARKUS_HTTP_LIMITS_MAX_CONNECTIONS", "150");
        try (ServiceProcess service =
                ServiceProcess.start(environment, StartUpIT::withFewFiles).awaitReadyByProbe()) {
            List<RawConnection> connections = new ArrayList<>();
            for (int i = 0; i < 520; i++) {
                connections.add(RawConnection.to(service.port()));
            }
            for (RawConnection connection : connections) {
                connection.close();
            }
            assertEquals(200, service.awaitReady().login(EMAIL, PASSWORD).statusCode());
        }
    }

    private static List<String> withFewFiles(List<String> command) {
        List<String> limited = new ArrayList<>(List.of("bash", "-c", "ulimit -n 420; exec \"$@\"", "bash"));
        limited.addAll(command);
        return limited;
    }

    @Test
    void logsInJsonWhatItRunsWith() {
        String database = SharedPostgres.newDatabase();
        String address = database.substring(database.indexOf("//") + 2);
        try (ServiceProcess service = ServiceProcess.start(with(database)).awaitReady()) {
            Await.until(
                    service::output,
                    () -> service.output()
                            .contains(ServiceProcess.poolWaitsEnd() ? "Tokens never expire" : "JDK-8301341"));
            service.stop();
            service.output().lines().forEach(line -> assertTrue(line.startsWith("{") && line.endsWith("}"), line));
            assertLogged(service, "INFO", ": database " + address + ", version ");
            // The cache, unless the first reading of the revocation log takes longer than a machine at rest needs.
            assertLogged(service, "INFO", " of the schema. Token checks are answered from the ");
            assertLogged(service, "WARN", "The database has no account");
            assertLogged(service, "WARN", "AUTH_TOKENS_PASSWORD_PEPPER");
            assertLogged(service, "WARN", "AUTH_TOKENS_TOKEN_IDLE_TIMEOUT");
            assertEquals(!ServiceProcess.poolWaitsEnd(), service.output().contains("JDK-8301341"));
        }
    }

    private static void assertLogged(ServiceProcess service, String level, String text) {
        assertEquals(
                1,
                service.output()
                        .lines()
                        .filter(line -> line.contains("\"level\":\"" + level + "\"") && line.contains(text))
                        .count(),
                () -> text + " is not logged once: " + service.output());
    }

    /** The names of the Elastic Common Schema, as docs/operations.md has them. */
    @Test
    void logsInEcsIfAsked() throws IOException {
        Map<String, String> environment = ServiceProcess.patient(
                ServiceProcess.withAdministrator(SharedPostgres.newDatabaseWithSchema(), EMAIL, PASSWORD));
        environment.put("QUARKUS_LOG_CONSOLE_JSON_LOG_FORMAT", "ecs");
        environment.put("QUARKUS_LOG_CONSOLE_JSON_KEY_OVERRIDES", "mdc=labels");
        environment.put("AUTH_TOKENS_CACHE_ENABLED", "false");
        try (ServiceProcess service = ServiceProcess.start(environment).awaitReady()) {
            assertEquals(401, service.login(EMAIL, "a wrong password").statusCode());
            Await.until(service::output, () -> service.output().contains("since the cache is disabled"));
            String line = service.output()
                    .lines()
                    .filter(logged -> logged.contains("INVALID_CREDENTIALS"))
                    .findFirst()
                    .orElseThrow();
            JsonNode ecs = new ObjectMapper().readTree(line);
            assertEquals("INFO", ecs.get("log.level").asText());
            assertEquals("audit", ecs.get("log.logger").asText());
            assertEquals("auth-tokens", ecs.get("service.name").asText());
            assertTrue(ecs.has("@timestamp") && ecs.has("ecs.version"), line);
            assertEquals("127.0.0.1", ecs.at("/labels/address").asText());
            assertEquals("admin@example.com", ecs.at("/labels/account").asText());
        }
    }

    @Test
    void aKilledServiceLosesNoTokenThatItAcknowledged() {
        Map<String, String> environment = ServiceProcess.patient(
                ServiceProcess.withAdministrator(SharedPostgres.newDatabaseWithSchema(), EMAIL, PASSWORD));
        String token;
        try (ServiceProcess service = ServiceProcess.start(environment).awaitReady()) {
            token = service.token(EMAIL, PASSWORD);
            service.kill();
        }
        try (ServiceProcess service = ServiceProcess.start(environment).awaitReady()) {
            assertEquals(200, service.get(Api.USER, token).statusCode());
            // In an executable a source of random numbers that was built in would begin each time with the same ones.
            assertNotEquals(token, service.token(EMAIL, PASSWORD), "the first token of every start is the same");
        }
    }

    @Test
    void severalInstancesMayStartOnOneEmptyDatabase() {
        Map<String, String> environment =
                ServiceProcess.patient(ServiceProcess.withAdministrator(SharedPostgres.newDatabase(), EMAIL, PASSWORD));
        List<ServiceProcess> services = new ArrayList<>();
        try {
            for (int i = 0; i < 2; i++) {
                services.add(ServiceProcess.start(environment));
            }
            services.forEach(ServiceProcess::awaitReady);
            String token = services.get(0).token(EMAIL, PASSWORD);
            services.forEach(
                    service -> assertEquals(200, service.get(Api.USER, token).statusCode()));
            assertEquals(
                    List.of(1L),
                    Postgres.query(environment.get("QUARKUS_DATASOURCE_JDBC_URL"), "select count(*) from users"));
        } finally {
            services.forEach(ServiceProcess::close);
        }
    }

    @Test
    void refusesAnOlderSchemaWhereItMayNotMigrate() {
        String line = refusal(with(SharedPostgres.newDatabase(), "AUTH_TOKENS_MIGRATE_AT_START", "false"));
        assertTrue(line.contains("auth-tokens.migrate-at-start"), line);
    }

    /** Longer than a request may wait: such as an index of many rows. */
    @Test
    void waitsForAMigrationAsLongAsItTakes() throws Exception {
        String database = SharedPostgres.newDatabase();
        try (Connection other = Postgres.connect(database);
                Statement statement = other.createStatement();
                ServiceProcess service = ServiceProcess.start(
                        with(database, "QUARKUS_DATASOURCE_JDBC_ADDITIONAL_JDBC_PROPERTIES_SOCKETTIMEOUT", "2"))) {
            other.setAutoCommit(false);
            statement.execute("create table users ()");
            Postgres.awaitLockWaits(database, 1);
            Thread.sleep(3500);
            other.rollback();
            service.awaitReady();
        }
    }

    /** Whoever stops it may be about to restore the database. */
    @Test
    void stopsWhileAnotherProcessMigratesAndMigratesNothingAfterwards() throws Exception {
        String database = SharedPostgres.newDatabase();
        try (Connection other = Postgres.connect(database);
                Statement statement = other.createStatement()) {
            statement.execute("select pg_advisory_lock(hashtextextended('auth-tokens: migrate', 0))");
            try (ServiceProcess service = ServiceProcess.start(with(database))) {
                Await.until("it does not wait", () -> service.output().contains("Another process migrates the schema"));
                service.terminate();
                assertEquals(143, service.exitCode());
            }
        }
        assertEquals(
                List.of(0L),
                Postgres.query(database, "select count(*) from pg_class where relname like 'auth_tokens%'"));
    }

    @Test
    void refusesToStartWithoutADatabase() {
        String line = refusal(Map.of());
        assertTrue(line.contains("quarkus.datasource.jdbc.url"), line);
    }

    @Test
    void refusesAUrlThatCannotBeReadAndTellsItToNobody() {
        String line = refusal(ServiceProcess.database("jdbc:postgresql://app:" + SECRET + "@localhost:5432/database"));
        assertTrue(line.contains("quarkus.datasource.jdbc.url"), line);
    }

    @Test
    void refusesAParameterOfTheUrlThatCannotBeReadWithoutItsValue() {
        String line =
                refusal(ServiceProcess.database(SharedPostgres.newDatabase() + "?sslmode=require;password=" + SECRET));
        assertTrue(line.contains("quarkus.datasource.jdbc.url") && line.contains("sslmode"), line);
    }

    @Test
    void refusesADatabaseThatCannotBeReached() {
        String line = refusal(ServiceProcess.database("jdbc:postgresql://localhost:1/nowhere"));
        assertTrue(line.contains("quarkus.datasource.jdbc.url"), line);
    }

    @Test
    void refusesAUserWithoutRights() {
        String database = SharedPostgres.newDatabase();
        Postgres.execute(database, "create role powerless login");
        Postgres.execute(database, "revoke create on schema public from public");
        String line = refusal(with(database, "QUARKUS_DATASOURCE_USERNAME", "powerless"));
        assertTrue(line.contains("quarkus.datasource.username"), line);
    }

    @Test
    void refusesADatabaseThatNeverAnswers() throws IOException {
        try (ServerSocket silent = new ServerSocket(0)) {
            String line = refusal(
                    ServiceProcess.database("jdbc:postgresql://localhost:" + silent.getLocalPort() + "/silent"));
            assertTrue(line.contains("quarkus.datasource.jdbc.url"), line);
        }
    }

    /** It could not hold every e-mail address. */
    @Test
    void refusesADatabaseThatIsNotUtf8() {
        String url = SharedPostgres.newDatabase() + "_latin1";
        Postgres.execute(
                SharedPostgres.newDatabase(),
                "create database " + url.substring(url.lastIndexOf('/') + 1)
                        + " encoding 'LATIN1' locale 'C' template template0");
        String line = refusal(with(url));
        assertTrue(line.contains("quarkus.datasource.jdbc.url") && line.contains("LATIN1"), line);
    }

    @Test
    void takesTheNextHostIfOneDoesNotAnswer() throws IOException {
        String database = SharedPostgres.newDatabase();
        try (ServerSocket silent = new ServerSocket(0)) {
            String url = database.replace("//", "//localhost:" + silent.getLocalPort() + ",");
            ServiceProcess.start(with(url)).awaitReady().close();
        }
    }

    /** Also in a time zone whose name Java knows and PostgreSQL does not. */
    @Test
    void sharesASchemaWithAnotherApplicationThatMigratesItsOwn() {
        String database = SharedPostgres.newDatabase();
        createHistory(database, "flyway_schema_history", 7, "theirs", true);
        Map<String, String> environment = ServiceProcess.withAdministrator(database, EMAIL, PASSWORD);
        environment.put("TZ", "PST");
        try (ServiceProcess service = ServiceProcess.start(environment).awaitReady()) {
            service.token(EMAIL, PASSWORD);
        }
    }

    @Test
    void refusesASchemaWithATableOfAnotherApplication() {
        String database = SharedPostgres.newDatabase();
        Postgres.execute(database, "create table users ()");
        String line = refusal(with(database));
        assertTrue(line.contains("quarkus.datasource.jdbc.url") && line.contains("users"), line);
    }

    @Test
    void refusesASchemaWhoseMigrationFailed() {
        String database = SharedPostgres.newDatabase();
        createHistory(database, "auth_tokens_schema_history", 1, "schema", false);
        String line = refusal(with(database));
        assertTrue(line.contains("quarkus.datasource.jdbc.url") && line.contains("auth_tokens_schema_history"), line);
    }

    @Test
    void refusesADatabaseThatDoesNotExist() {
        String line = refusal(ServiceProcess.database(SharedPostgres.newDatabase() + "_nowhere"));
        assertTrue(line.contains("quarkus.datasource.jdbc.url"), line);
    }

    @Test
    void refusesSettingsThatAreWrongAndNamesThemAll() {
        String line = refusal(with(
                SharedPostgres.newDatabase(),
                "AUTH_TOKENS_PASSWORD_BCRYPT_COST",
                "9",
                "AUTH_TOKENS_PASSWORD_PEPPER",
                SECRET,
                "AUTH_TOKENS_TOKEN_LIFESPAM",
                "PT1H",
                "AUTH_TOKENS_TOKEN_LIFESPAN",
                "-5m",
                "AUTH_TOKENS_TOKEN_IDLE_TIMEOUT",
                "1s",
                "AUTH_TOKENS_TOKEN_UNUSED_LIFESPAN",
                "PT0S",
                "AUTH_TOKENS_TOKEN_LAST_USE_INTERVAL",
                "1h",
                "AUTH_TOKENS_CACHE_MAX_ENTRIES",
                "99",
                "AUTH_TOKENS_REVOCATION_POLL_INTERVAL",
                "1s",
                "AUTH_TOKENS_AUDIT_RETENTION",
                "23h",
                "AUTH_TOKENS_INFO_MAX_WORKERS_PER_CLUSTER",
                "0"));
        for (String property : List.of(
                "auth-tokens.password.bcrypt-cost",
                "auth-tokens.password.pepper",
                "auth-tokens.token.lifespan",
                "auth-tokens.token.idle-timeout",
                "auth-tokens.token.unused-lifespan",
                "auth-tokens.token.last-use-interval",
                "auth-tokens.cache.max-entries",
                "auth-tokens.revocation.poll-interval",
                "auth-tokens.audit.retention",
                "auth-tokens.info.max-workers-per-cluster")) {
            assertTrue(line.contains(property), property + " is not in: " + line);
        }
        assertTrue(line.contains("AUTH_TOKENS_TOKEN_LIFESPAM"), line);
    }

    @Test
    void refusesSettingsThatCannotBeReadAndNamesThemAll() {
        String line = refusal(with(
                SharedPostgres.newDatabase(),
                "AUTH_TOKENS_PASSWORD_BCRYPT_COST",
                "many",
                "AUTH_TOKENS_TOKEN_LIFESPAN",
                "soon",
                "AUTH_TOKENS_CACHE_ENABLED",
                "maybe",
                "AUTH_TOKENS_PASSWORD_PEPPER_FILE",
                SECRET));
        for (String property : List.of(
                "auth-tokens.password.bcrypt-cost",
                "auth-tokens.token.lifespan",
                "auth-tokens.cache.enabled",
                "auth-tokens.password.pepper-file")) {
            assertTrue(line.contains(property), property + " is not in: " + line);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"QUARKUS_HTTP_PORT", "QUARKUS_MANAGEMENT_PORT"})
    void refusesAPortThatIsInUse(String port) throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            String line =
                    refusal(with(SharedPostgres.newDatabaseWithSchema(), port, String.valueOf(taken.getLocalPort())));
            assertTrue(line.contains("is in use") && line.contains(port), line);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "AUTH_TOKENS_BOOTSTRAP_EMAIL, admin@example.com, auth-tokens.bootstrap.password",
        "AUTH_TOKENS_BOOTSTRAP_PASSWORD, correct horse battery, auth-tokens.bootstrap.email",
        "QUARKUS_HTTP_PORT, http, quarkus.http.port",
        "QUARKUS_DATASOURCE_JDBC_ADDITIONAL_JDBC_PROPERTIES_CONNECTTIMEOUT, abc, quarkus.datasource.jdbc.url"
    })
    void refusesASettingThatIsWrong(String name, String value, String property) {
        String line = refusal(with(SharedPostgres.newDatabaseWithSchema(), name, value));
        assertTrue(line.contains(property), line);
    }

    @ParameterizedTest
    @CsvSource({
        "nobody, correct horse battery, email",
        "a@example.com, 11 letters., password",
        "a@example.com, aaaaaaaaaaaaaaaa, password"
    })
    void refusesAnAdministratorThatIsNotSafe(String email, String password, String setting) {
        String line =
                refusal(ServiceProcess.withAdministrator(SharedPostgres.newDatabaseWithSchema(), email, password));
        assertTrue(line.contains("auth-tokens.bootstrap." + setting), line);
        assertTrue(!line.contains(password), line);
    }

    private static void createHistory(String database, String table, int version, String description, boolean success) {
        Postgres.execute(database, HISTORY.formatted(table));
        Postgres.execute(
                database,
                "insert into %s values (%d, '%2$d', '%s', 'SQL', 'db/migration/V%2$d__%3$s.sql', 0, 'user', now(), 0, %b)"
                        .formatted(table, version, description, success));
    }

    /** The one line that a start prints which is refused. */
    private static String refusal(Map<String, String> environment) {
        try (ServiceProcess service = ServiceProcess.start(environment)) {
            assertEquals(1, service.exitCode());
            List<String> lines = service.errors().lines().toList();
            assertEquals(1, lines.size(), service.errors() + service.output());
            assertTrue(!service.output().contains("\"level\":\"ERROR\""), service.output());
            assertTrue(!(service.output() + service.errors()).contains(SECRET), service.output() + service.errors());
            return lines.get(0);
        }
    }

    private static String file(String secret) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "secret", ""), secret)
                .toString();
    }

    private static Map<String, String> with(String url, String... settings) {
        Map<String, String> environment = new HashMap<>(ServiceProcess.database(url));
        for (int i = 0; i < settings.length; i += 2) {
            environment.put(settings[i], settings[i + 1]);
        }
        return environment;
    }
}
