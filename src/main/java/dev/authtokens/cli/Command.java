package dev.authtokens.cli;

import java.util.Optional;

/** A command that does something, once its arguments are read. */
interface Command {

    /**
     * Does it, and prints the result and nothing else to standard output.
     *
     * @throws CommandFailure when it cannot
     */
    void run(CommandContext context, Terminal terminal);

    /** What is wrong with arguments that each are right. */
    default Optional<String> misuse() {
        return Optional.empty();
    }

    /** Whether it works on a schema of any version; others refuse an older one than they know. */
    default boolean worksOnAnySchema() {
        return false;
    }
}
