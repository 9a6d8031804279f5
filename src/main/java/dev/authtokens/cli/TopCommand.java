package dev.authtokens.cli;

import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The executable itself. Without arguments it serves. */
@CommandLine.Command(
        name = Invocation.NAME,
        description = {
            "Serves the API, or administers the accounts and tokens behind it.",
            "",
            "A command takes the same settings as the service, from the same environment variables, and may run beside it."
        },
        synopsisSubcommandLabel = "[COMMAND]",
        versionProvider = Version.class,
        footer = {
            "%nExamples:",
            "  auth-tokens                     serve",
            "  auth-tokens user list --help    help of a command"
        },
        subcommands = {ServeCommand.class, MigrateCommand.class, UserCommands.class, TokenCommands.class})
class TopCommand {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Print this help and exit.")
    boolean help;

    @Option(names = "--version", versionHelp = true, description = "Print the version and exit.")
    boolean version;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Log what happens to standard error, and where an unforeseen error came from.")
    boolean verbose;
}
