package dev.authtokens.cli;

/** Ends a command with an exit code and one line for people. */
class CommandFailure extends RuntimeException {

    private final ExitCode exit;

    /** @param line null to print nothing */
    CommandFailure(ExitCode exit, String line) {
        super(line, null, false, false);
        this.exit = exit;
    }

    static CommandFailure refused(String line) {
        return new CommandFailure(ExitCode.REFUSED, line);
    }

    ExitCode exit() {
        return exit;
    }
}
