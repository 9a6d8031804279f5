package dev.authtokens.cli;

import dev.authtokens.StartFailure;
import dev.authtokens.StartUp;
import dev.authtokens.audit.RequestOrigin;
import dev.authtokens.problem.Problem;
import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Runs one command in its process, with the settings of the service but no server, port or scheduled work. Whatever goes wrong
 * becomes an exit code and one line. Standard output is for the result of the command only.
 */
@Singleton
@Unremovable
public class CommandRunner implements QuarkusApplication {

    private static final Map<String, String> ONE_COMMAND = Map.of(
            "quarkus.http.host-enabled", "false",
            "quarkus.http.domain-socket-enabled", "false",
            "quarkus.management.host-enabled", "false",
            "quarkus.management.domain-socket-enabled", "false",
            "quarkus.shutdown.delay", "0s",
            "quarkus.datasource.jdbc.initial-size", "0",
            "quarkus.datasource.jdbc.min-size", "0",
            "quarkus.datasource.jdbc.max-size", "3");

    /** A command may change more rows at once than a request may, and nobody waits for its connection. */
    private static final Map<String, String> LONGER_TIMEOUTS = Map.of(
            "session.statement-timeout", "5min",
            "session.idle-in-transaction-timeout", "1min",
            "quarkus.datasource.jdbc.additional-jdbc-properties.socketTimeout", "330",
            // None: PostgreSQL ends what takes too long.
            "quarkus.transaction-manager.default-transaction-timeout", "0s");

    private static final Map<String, String> LOG_BESIDE_THE_RESULT = Map.of(
            "quarkus.log.console.stderr", "true",
            "quarkus.log.console.json.enabled", "false",
            "quarkus.log.console.format", "%d{HH:mm:ss.SSS} %-5p [%c{2.}] %s%e%n");

    /** These loggers would repeat the line that the command prints about a failure. */
    private static final Map<String, String> QUIET = Map.of(
            "quarkus.log.level", "WARN",
            "quarkus.log.category.\"org.hibernate\".level", "OFF",
            "quarkus.log.category.\"io.agroal\".level", "OFF");

    private static final Map<String, String> VERBOSE = Map.of("quarkus.log.level", "INFO");

    private final CommandContext context;

    CommandRunner(CommandContext context) {
        this.context = context;
    }

    /** Runs the command that the arguments ask for, and ends the process. */
    public static void start(Invocation invocation, String... arguments) {
        StartUp.skip();
        ONE_COMMAND.forEach(System::setProperty);
        LONGER_TIMEOUTS.forEach(System::setProperty);
        LOG_BESIDE_THE_RESULT.forEach(System::setProperty);
        (invocation.isVerbose() ? VERBOSE : QUIET).forEach(System::setProperty);
        Quarkus.run(CommandRunner.class, CommandRunner::exit, arguments);
    }

    private static void exit(int code, Throwable failure) {
        System.exit(failure == null ? code : report(new Terminal(), failure));
    }

    @Override
    public int run(String... arguments) {
        Invocation invocation = Invocation.read(arguments);
        originOf(invocation).setForProcess();
        try {
            run(invocation);
            return ExitCode.DONE.code();
        } catch (CommandFailure e) {
            return fail(e.exit(), e.getMessage());
        } catch (Problem e) {
            return fail(exitOf(e), e.getMessage());
        } catch (RuntimeException e) {
            context.terminal().out().flush();
            return report(context.terminal(), StartFailure.ofDatabase(e));
        }
    }

    /** The origin of a command's changes in the audit log. */
    private static RequestOrigin originOf(Invocation invocation) {
        String actor = "command line (" + System.getProperty("user.name") + ")";
        return new RequestOrigin(actor, null, null, null, invocation.redacted(), null, null);
    }

    private void run(Invocation invocation) {
        if (!invocation.worksOnAnySchema() && !context.schema().isCurrent()) {
            throw new CommandFailure(
                    ExitCode.NOT_AVAILABLE,
                    "The schema of the database is older than this version: run '" + Invocation.NAME + " migrate'.");
        }
        invocation.run(context);
        context.terminal().requireWritable();
    }

    private int fail(ExitCode exit, String line) {
        context.terminal().out().flush();
        if (line != null) {
            context.terminal().error(line);
        }
        return exit.code();
    }

    /** Prints a failure that is neither a {@link CommandFailure} nor a {@link Problem}, and returns its exit code. */
    private static int report(Terminal terminal, Throwable failure) {
        Optional<String> line = StartFailure.describe(failure);
        if (line.isEmpty()) {
            Logger.getLogger(CommandRunner.class).info("The command failed", failure);
        }
        terminal.error(line.orElse("Something went wrong: " + failure + " (--verbose prints more)"));
        return (line.isPresent() ? ExitCode.NOT_AVAILABLE : ExitCode.REFUSED).code();
    }

    private static ExitCode exitOf(Problem problem) {
        return switch (problem.code()) {
            case RESOURCE_NOT_FOUND -> ExitCode.NOT_FOUND;
            case RESOURCE_ALREADY_EXISTS -> ExitCode.ALREADY_EXISTS;
            case NOT_YET_AVAILABLE -> ExitCode.NOT_AVAILABLE;
            default -> ExitCode.REFUSED;
        };
    }
}
