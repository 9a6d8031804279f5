package dev.authtokens.cli;

/** A command that does something, once its arguments are read. */
interface Command {

    /**
     * Does it, and prints the result and nothing else to standard output.
     *
     * @throws CommandFailure when it cannot
     */
    void run(Services services, Terminal terminal);

    /** Whether it works on a schema of any version; others refuse an older one than they know. */
    default boolean worksOnAnySchema() {
        return false;
    }
}
