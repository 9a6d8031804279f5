package dev.authtokens.cli;

import dev.authtokens.StartFailure;
import dev.authtokens.StartUp;
import io.quarkus.runtime.Quarkus;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * A process that runs one command, with the settings of the service but no server, port or scheduled work. Standard output is
 * for the result of the command only.
 */
public final class CommandProcess {

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

    private CommandProcess() {}

    /** Runs the command that the arguments ask for, and ends the process. */
    public static void run(Invocation invocation, String... arguments) {
        StartUp.skip();
        ONE_COMMAND.forEach(System::setProperty);
        LONGER_TIMEOUTS.forEach(System::setProperty);
        LOG_BESIDE_THE_RESULT.forEach(System::setProperty);
        (invocation.isVerbose() ? VERBOSE : QUIET).forEach(System::setProperty);
        Quarkus.run(CommandRunner.class, CommandProcess::exit, arguments);
    }

    private static void exit(int code, Throwable failure) {
        if (failure == null) {
            System.exit(code);
        }
        Optional<String> line = StartFailure.describe(failure);
        new Terminal().error(line.orElseGet(() -> unforeseen(failure)));
        System.exit((line.isPresent() ? ExitCode.NOT_AVAILABLE : ExitCode.REFUSED).code());
    }

    /** The line of an unforeseen failure. */
    static String unforeseen(Throwable failure) {
        Logger.getLogger(CommandProcess.class).info("The command failed", failure);
        return "Something went wrong: " + failure + " (--verbose prints more)";
    }
}
