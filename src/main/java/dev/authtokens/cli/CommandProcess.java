package dev.authtokens.cli;

import dev.authtokens.StartFailure;
import io.quarkus.runtime.Quarkus;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * A process that runs one command beside the service, in the same environment: it has the service's settings, but no
 * server, no port and no scheduled work, and leaves standard output to the command.
 */
public final class CommandProcess {

    private static final String MARK = "dev.authtokens.command";

    private static final Map<String, String> NO_SERVER = Map.of(
            "quarkus.http.host-enabled", "false",
            "quarkus.http.domain-socket-enabled", "false",
            "quarkus.management.host-enabled", "false",
            "quarkus.management.domain-socket-enabled", "false",
            "quarkus.scheduler.enabled", "false",
            "quarkus.shutdown.delay", "0s");

    private static final Map<String, String> SMALL_POOL = Map.of(
            "quarkus.datasource.jdbc.initial-size", "0",
            "quarkus.datasource.jdbc.min-size", "0",
            "quarkus.datasource.jdbc.max-size", "3");

    private static final Map<String, String> LOG_BESIDE_THE_RESULT = Map.of(
            "quarkus.log.console.stderr", "true",
            "quarkus.log.console.json.enabled", "false",
            "quarkus.log.console.format", "%d{HH:mm:ss.SSS} %-5p [%c{2.}] %s%e%n");

    /** What these say about a failure stands in the one line of the failure already. */
    private static final Map<String, String> QUIET = Map.of(
            "quarkus.log.level", "WARN",
            "quarkus.log.category.\"org.hibernate\".level", "OFF",
            "quarkus.log.category.\"io.agroal\".level", "OFF");

    private static final Map<String, String> VERBOSE = Map.of("quarkus.log.level", "INFO");

    private CommandProcess() {}

    /** Whether this process runs a command, and so must leave schema and accounts to the service. */
    public static boolean isCurrent() {
        return System.getProperty(MARK) != null;
    }

    /** Runs the command that the arguments ask for, and ends the process. */
    public static void run(Invocation invocation, String... arguments) {
        System.setProperty(MARK, "true");
        NO_SERVER.forEach(System::setProperty);
        SMALL_POOL.forEach(System::setProperty);
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

    /** The line of a failure that is nobody's fault but ours. */
    static String unforeseen(Throwable failure) {
        Logger.getLogger(CommandProcess.class).info("The command failed", failure);
        return "Something went wrong: " + failure + " (--verbose tells more)";
    }
}
