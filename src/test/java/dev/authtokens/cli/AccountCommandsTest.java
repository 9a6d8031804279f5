package dev.authtokens.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.authtokens.audit.RequestOrigin;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.arc.Arc;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What commands do to accounts and tokens that the service knows. Here they run in the process of the service. */
@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class AccountCommandsTest {

    private static final String PASSWORD = "correct horse battery";
    private static final String OTHER_PASSWORD = "another horse, another battery";
    private static final RequestOrigin NO_COMMAND = new RequestOrigin(null, null, null, null, null, null, null);

    private final String suffix = UUID.randomUUID() + "@example.com";
    private final String andy = "andy-" + suffix;

    @Test
    void changesWhatTheServiceKnows() {
        run(PASSWORD + "\n", "user", "create", "Andy-" + suffix, "--role", "service")
                .prints("Andy-" + suffix + " with the role service");
        String first = Api.token(andy, PASSWORD);

        String session =
                run("", "token", "list", andy).prints("127.0.0.1").out().split("\\s+")[6];
        run("", "token", "revoke", andy, session).prints(session);
        run("", "token", "revoke", andy, session).fails(ExitCode.NOT_FOUND, "session");
        awaitStatus(401, first);

        String second = Api.token(andy, PASSWORD);
        run(OTHER_PASSWORD + "\r\n", "user", "password", andy, "--password-stdin")
                .prints("revoked its sessions");
        awaitStatus(401, second);
        Api.isProblem(Api.login(andy, PASSWORD), 401, "INVALID_CREDENTIALS");

        String program = run("", "token", "create", andy, "--name", "backup job", "--lifespan", "1h")
                .isDone()
                .out()
                .strip();
        Api.as(program).get("/v4/auth-tokens/verify/").then().statusCode(200);
        run("", "token", "list", andy).prints("backup job");
        run("", "token", "create", andy, "--name", "n".repeat(101)).fails(ExitCode.WRONG_USAGE, "100 characters");
        run("", "audit", "list", "--kind", "TOKEN_CREATED", "--account", andy).prints("name: backup job");

        String third = Api.token(andy, OTHER_PASSWORD);
        run("", "token", "revoke", andy, "--all", "--json").prints("\"code\":\"RESOURCE_DELETED\"");
        awaitStatus(401, third);
        awaitStatus(401, program);
        String fourth = Api.token(andy, OTHER_PASSWORD);
        run("", "token", "revoke", "--everyone").fails(ExitCode.WRONG_USAGE, "--yes");
        run("", "token", "revoke", "--everyone", "--yes").prints("Revoked all tokens issued up to 2");
        awaitStatus(401, fourth);

        run("", "user", "role", andy, "user", "--json").prints("\"role\":\"user\"");
        run("", "token", "create", andy, "--name", "ci").fails(ExitCode.REFUSED, "role service");
        String fifth = Api.token(andy, OTHER_PASSWORD);
        run("", "user", "expiry", andy, "2020-01-01T00:00:00Z").prints("2020-01-01T00:00:00Z");
        awaitStatus(401, fifth);
        run("", "user", "expiry", andy, "never").prints("never");
        awaitStatus(200, fifth);

        run("", "user", "delete", andy).fails(ExitCode.WRONG_USAGE, "--yes");
        run("", "user", "delete", andy, "--yes").prints("Deleted");
        awaitStatus(401, fifth);
        assertEquals(
                List.of("auth-tokens user delete " + andy + " --yes"),
                Postgres.query(
                        ServiceDatabase.url(),
                        "select command_line from audit_events where kind = 'USER_DELETED' and account = ?"
                                + " and actor like 'command line%'",
                        andy));
    }

    @Test
    void refusalsHaveAnExitCodeEach() {
        run(PASSWORD, "user", "create", andy, "--json")
                .prints("{\"email\":\"" + andy + "\"")
                .prints("\"expiry\":\"0001-01-01T00:00:00Z\"");
        run(PASSWORD, "user", "create", "ANDY-" + suffix).fails(ExitCode.ALREADY_EXISTS, "already");
        String nobody = "nobody-" + suffix;
        run("short\n", "user", "create", nobody).fails(ExitCode.REFUSED, "shorter than 12");
        run(ServiceDatabase.LEAKED_PASSWORD + "\n", "user", "create", nobody).fails(ExitCode.REFUSED, "leaked");
        run("", "user", "create", nobody).fails(ExitCode.REFUSED, "no password");
        run("", "user", "show", nobody).fails(ExitCode.NOT_FOUND, "could not be found");
        run("", "user", "show", "b").fails(ExitCode.WRONG_USAGE, "e-mail");
        run("", "user", "show", andy).prints("EXPIRY   never");
        assertEquals(
                "[]\n",
                run("", "user", "list", "--prefix", nobody, "--json").isDone().out());
    }

    Done run(String input, String... arguments) {
        InputStream usual = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(out, err);
        try {
            int exit = Invocation.read(terminal, arguments)
                    .exitCode()
                    .orElseGet(() -> new CommandRunner(contextWith(terminal)).run(arguments));
            terminal.out().flush();
            return new Done(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            NO_COMMAND.setForProcess();
            System.setIn(usual);
        }
    }

    private static CommandContext contextWith(Terminal terminal) {
        CommandContext own = Arc.container().instance(CommandContext.class).get();
        return new CommandContext(
                own.users(),
                own.userImport(),
                own.tokens(),
                own.hasher(),
                own.rules(),
                own.audit(),
                own.schema(),
                own.mapper(),
                terminal);
    }

    /** The service reads what another process has revoked or changed some moments later. */
    private static void awaitStatus(int status, String token) {
        Await.until(
                "the status is not " + status, () -> Api.as(token).get(Api.USER).statusCode() == status);
    }
}
