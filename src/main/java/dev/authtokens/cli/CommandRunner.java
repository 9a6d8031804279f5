package dev.authtokens.cli;

import dev.authtokens.StartFailure;
import dev.authtokens.audit.RequestOrigin;
import dev.authtokens.problem.Problem;
import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Runs one command. Whatever goes wrong becomes an exit code and one line. */
@Singleton
@Unremovable
class CommandRunner implements QuarkusApplication {

    private final CommandContext context;

    CommandRunner(CommandContext context) {
        this.context = context;
    }

    @Override
    public int run(String... arguments) {
        Invocation invocation = Invocation.read(arguments);
        originOf(invocation).ofProcess();
        try {
            run(invocation);
            return ExitCode.DONE.code();
        } catch (CommandFailure e) {
            return fail(e.exit(), e.getMessage());
        } catch (Problem e) {
            return fail(exitOf(e), e.getMessage());
        } catch (RuntimeException e) {
            RuntimeException failure = StartFailure.ofDatabase(e);
            Optional<String> line = StartFailure.describe(failure);
            return line.isPresent()
                    ? fail(ExitCode.NOT_AVAILABLE, line.get())
                    : fail(ExitCode.REFUSED, CommandProcess.unforeseen(failure));
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

    private static ExitCode exitOf(Problem problem) {
        return switch (problem.code()) {
            case RESOURCE_NOT_FOUND -> ExitCode.NOT_FOUND;
            case RESOURCE_ALREADY_EXISTS -> ExitCode.ALREADY_EXISTS;
            case NOT_YET_AVAILABLE -> ExitCode.NOT_AVAILABLE;
            default -> ExitCode.REFUSED;
        };
    }
}
