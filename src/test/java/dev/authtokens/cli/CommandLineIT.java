package dev.authtokens.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.CodeBlocks;
import dev.authtokens.harness.ListeningPorts;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The commands of the packaged executable, on a database of their own or beside a serving process. */
@Execution(ExecutionMode.CONCURRENT)
class CommandLineIT {

    private static final String ADMIN = "admin@example.com";
    private static final String ANDY = "andy@example.com";
    private static final String PASSWORD = "correct horse battery";

    /** Of cost 4, so that nothing waits for it. */
    private static final String HASH = "$2y$04$abcdefghijklmnopqrstuuCj3Wb1gJ3g0Nf1z0s0d0g0h0j0k0l0z";

    /** With no more rights than {@code docs/security.md} grants. */
    @Test
    void administersAccountsBesideTheService() throws IOException {
        String url = SharedPostgres.newDatabaseWithSchema();
        Map<String, String> settings = ServiceProcess.withAdministrator(url, ADMIN, PASSWORD);
        Postgres.execute(url, "create role auth_tokens_service login password 'secret'");
        Postgres.execute(url, grants());
        settings.put("QUARKUS_DATASOURCE_USERNAME", "auth_tokens_service");
        settings.put("QUARKUS_DATASOURCE_PASSWORD", "secret");
        settings.put("AUTH_TOKENS_MIGRATE_AT_START", "false");
        settings.put("AUTH_TOKENS_AUDIT_PURGE_INTERVAL", "1s");
        settings.put("AUTH_TOKENS_TOKEN_PURGE_INTERVAL", "1s");
        try (ServiceProcess service = ServiceProcess.start(settings).awaitReady()) {
            Map<String, String> beside = service.environment(settings);
            run(beside, PASSWORD + "\n", "user", "create", "Andy@example.com", "--role", "service")
                    .prints("Andy@example.com with the role service");
            String token = service.token(ANDY, PASSWORD);
            String program = run(beside, "", "token", "create", ANDY, "--name", "backup job")
                    .isDone()
                    .out()
                    .strip();
            assertEquals(200, service.get("/v4/auth-tokens/verify/", program).statusCode());
            run(beside, "", "token", "revoke", ANDY, "--all", "--json").prints("\"code\":\"RESOURCE_DELETED\"");
            awaitStatus(401, service, token);
            awaitStatus(401, service, program);
            run(beside, "", "user", "role", ADMIN, "user").fails(ExitCode.REFUSED, "last administrator");
            run(beside, "", "user", "expiry", ADMIN, "2020-01-01T00:00:00Z")
                    .fails(ExitCode.REFUSED, "last administrator");
            service.token(ANDY, PASSWORD);
            Postgres.execute(url, "update auth_tokens set expires_at = created_at");
            Postgres.execute(url, "update audit_events set at = at - interval '1000 days'");
            Await.until("the token is not deleted", () -> isEmpty(url, "auth_tokens"));
            Await.until("the events are not deleted", () -> isEmpty(url, "audit_events"));
            assertEquals("", service.errors());
        }
    }

    private static String grants() throws IOException {
        return CodeBlocks.of(Path.of("docs/security.md"), "sql").stream()
                .filter(block -> block.startsWith("grant "))
                .collect(Collectors.joining());
    }

    private static boolean isEmpty(String url, String table) {
        return Postgres.query(url, "select 1 from " + table).isEmpty();
    }

    @Test
    void migratesBeforeAnythingElse() {
        Map<String, String> settings = ServiceProcess.database(SharedPostgres.newDatabase());
        run(settings, "", "user", "list").fails(ExitCode.NOT_AVAILABLE, "auth-tokens migrate");
        run(settings, "", "migrate", "--json").prints("\"migrated\":[\"1\",");
        run(settings, "", "migrate").prints("nothing to do");
    }

    @Test
    void namesTheWrongSettingInOneLine() {
        run(Map.of(), "", "user", "list").fails(ExitCode.NOT_AVAILABLE, "quarkus.datasource.jdbc.url");
        Map<String, String> nowhere = new HashMap<>(ServiceProcess.database("jdbc:postgresql://localhost:1/nowhere"));
        run(nowhere, "", "user", "list").fails(ExitCode.NOT_AVAILABLE, "is not available");
        nowhere.put("AUTH_TOKENS_PASSWORD_BCRYPT_COST", "9");
        run(nowhere, "", "migrate").fails(ExitCode.NOT_AVAILABLE, "auth-tokens.password.bcrypt-cost");
    }

    @Test
    void needsNoSettingForTheCompletionOfArguments() {
        run(Map.of(), "", "completion", "bash").prints("COMPREPLY");
    }

    @Test
    void importsTheValidLinesAndResumesAfterAKill() throws IOException {
        String url = SharedPostgres.newDatabaseWithSchema();
        Map<String, String> settings = ServiceProcess.database(url);
        List<String> lines = IntStream.range(0, 3000)
                .mapToObj(i -> "{\"email\":\"user%04d@example.com\",\"password_hash\":\"%s\"}".formatted(i, HASH))
                .collect(Collectors.toList());
        try (ServiceProcess first = ServiceProcess.command(settings, "user", "import", "-")) {
            first.input(String.join("\n", lines.subList(0, 2500)));
            awaitAccounts(url, 2000);
            first.kill();
        }
        lines.set(17, "{\"email\":\"user0017@example.com\",\"password_hash\":\"secret\"}");
        lines.add("{\"email\":\"last@example.com\",\"password_base64\":\"" + Api.base64(PASSWORD) + "\"}");
        lines.add("{\"email\":\"weak@example.com\",\"password_base64\":\"" + Api.base64("secret") + "\"}");
        Done second = run(settings, String.join("\n", lines), "user", "import", "-", "--json");
        assertEquals(ExitCode.REFUSED.code(), second.exit(), second::toString);
        assertEquals("{\"lines\":3002,\"created\":1001,\"existing\":1999,\"bad\":2}\n", second.out());
        List<String> errors = second.err().lines().toList();
        assertEquals(3, errors.size(), second.err());
        assertTrue(errors.get(0).startsWith("line 18: "), second.err());
        assertTrue(errors.get(1).startsWith("line 3002: "), second.err());
        assertFalse(second.err().contains("secret"), second.err());
        assertEquals(List.of(3001L), Postgres.query(url, "select count(*) from users"));
        assertEquals(
                List.of(3001L), Postgres.query(url, "select count(*) from audit_events where kind = 'USER_CREATED'"));

        List<String> listed =
                run(settings, "", "user", "list").isDone().out().lines().toList();
        assertEquals(3002, listed.size());
        assertEquals(
                1, listed.stream().map(line -> line.lastIndexOf(' ')).distinct().count());
        List<String> part = run(settings, "", "user", "list", "--prefix", "USER00", "--limit", "42")
                .isDone()
                .out()
                .lines()
                .toList();
        assertEquals(43, part.size());

        for (String[] arguments : new String[][] {{"user", "list"}, {"user", "list", "--json"}}) {
            Done piped = Done.of(ServiceProcess.start(settings, command -> {
                List<String> pipe =
                        new ArrayList<>(List.of("sh", "-c", "{ \"$@\"; echo $? >&2; } | head -c 7", "pipe"));
                pipe.addAll(command);
                pipe.addAll(List.of(arguments));
                return pipe;
            }));
            assertTrue(List.of("CREATED", "[{\"emai").contains(piped.out()), piped::toString);
            assertEquals("0\n", piped.err());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void listensOnNoPort() {
        String url = SharedPostgres.newDatabaseWithSchema();
        Map<String, String> settings = ServiceProcess.database(url);
        String lines = IntStream.range(0, 1000)
                .mapToObj(i -> "{\"email\":\"user%d@example.com\",\"password_hash\":\"%s\"}%n".formatted(i, HASH))
                .collect(Collectors.joining());
        try (ServiceProcess command = ServiceProcess.command(settings, "user", "import", "-")) {
            command.input(lines);
            // With all that a command uses in use, it waits for the next batch.
            awaitAccounts(url, 1000);
            assertEquals(Set.of(), ListeningPorts.of(command));
            assertEquals(0, command.endInput().exitCode(), command.errors());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void hasNoSecretInItsArguments() throws IOException {
        String url = SharedPostgres.newDatabaseWithSchema();
        Map<String, String> settings = ServiceProcess.database(url);
        try (ServiceProcess command = ServiceProcess.command(settings, "user", "create", ANDY, "--verbose")) {
            Await.until(command::errors, () -> command.errors().contains("Installed features"));
            for (String arguments : argumentsOf(command)) {
                for (String secret : List.of(PASSWORD, Postgres.PASSWORD)) {
                    assertFalse(arguments.contains(secret), arguments);
                }
            }
            command.input(PASSWORD + "\n");
            assertEquals(0, command.exitCode(), command.errors());
            assertTrue(command.errors().contains("INFO"), command.errors());
            assertFalse(command.errors().contains(PASSWORD) || command.errors().contains("$2a$"), command.errors());
            assertEquals(1, command.output().lines().count(), command.output());
        }
        String hash =
                (String) Postgres.query(url, "select password_hash from users").get(0);
        assertTrue(hash.matches("\\$hmac-sha256\\$[0-9a-f]{8}\\$2a\\$10\\$.{53}"), hash);
    }

    /** What is an argument, everybody on the machine can read. */
    @Test
    void takesNoPasswordAsAnArgument() {
        Done refused = run(Map.of(), "", "user", "create", ANDY, "--password=" + PASSWORD);
        assertEquals(ExitCode.WRONG_USAGE.code(), refused.exit(), refused::toString);
    }

    @Test
    void migratesLongerThanAnyOtherStatementMayTake() throws Exception {
        String url = SharedPostgres.newDatabase();
        Map<String, String> settings = ServiceProcess.database(url);
        try (var other = Postgres.connect(url);
                ServiceProcess migration = ServiceProcess.command(settings, "migrate")) {
            other.setAutoCommit(false);
            other.createStatement().execute("create table users (id int)");
            Postgres.awaitLockWaits(url, 1);
            // An answer to a statement of the service is waited for two seconds.
            Thread.sleep(3_500);
            other.rollback();
            assertEquals(0, migration.exitCode(), migration.errors());
        }
    }

    /** The transaction manager would roll back after its timeout, a minute by default. */
    @Test
    @Tag("any-runtime")
    void revokesForLongerThanATransactionOfTheService() {
        String url = SharedPostgres.newDatabaseWithSchema();
        Map<String, String> settings = new HashMap<>(ServiceProcess.database(url));
        settings.put("QUARKUS_TRANSACTION_MANAGER_DEFAULT_TRANSACTION_TIMEOUT", "3s");
        Postgres.execute(
                url,
                "insert into users (email, email_canonical, password_hash, role, created_at) values (?, ?, '', 'SERVICE', now())",
                ANDY,
                ANDY);
        Postgres.execute(url, """
                insert into auth_tokens (digest, id, user_id, created_at)
                select sha256(''), gen_random_uuid(), id, now() from users""");
        Postgres.execute(url, """
                create function take_long() returns trigger language plpgsql as
                'begin perform pg_sleep(6); return null; end'""");
        Postgres.execute(
                url,
                "create trigger slow before delete on auth_tokens for each statement execute function take_long()");
        run(settings, "", "token", "revoke", ANDY, "--all").prints("Revoked sessions of " + ANDY + ": 1");
    }

    private static Done run(Map<String, String> environment, String input, String... arguments) {
        return Done.of(ServiceProcess.command(environment, arguments).input(input));
    }

    private static void awaitAccounts(String url, long number) {
        Await.until(
                "no import",
                () -> Postgres.query(url, "select count(*) from users").equals(List.of(number)));
    }

    /** The arguments of the process and of all that it has started. */
    private static List<String> argumentsOf(ServiceProcess process) throws IOException {
        List<String> all = new ArrayList<>();
        for (long id : LongStream.concat(
                        LongStream.of(process.id()),
                        ProcessHandle.of(process.id())
                                .orElseThrow()
                                .descendants()
                                .mapToLong(ProcessHandle::pid))
                .toArray()) {
            all.add(Files.readString(Path.of("/proc", String.valueOf(id), "cmdline"))
                    .replace('\0', ' '));
        }
        assertTrue(all.get(0).contains("user create " + ANDY), all.toString());
        return all;
    }

    /** The service reads what another process has revoked or changed some moments later. */
    private static void awaitStatus(int status, ServiceProcess service, String token) {
        Await.until(
                "the status is not " + status,
                () -> service.get(Api.USER, token).statusCode() == status);
    }
}
