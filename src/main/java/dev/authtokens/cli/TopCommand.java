package dev.authtokens.cli;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The executable itself. Without arguments it serves. Its commands inherit the layout of the help texts. */
@Command(
        name = Invocation.NAME,
        description = {
            "Serves the API, or administers the accounts and tokens behind it.",
            "",
            "A command takes the same settings as the service, from the same environment variables, and may run beside it."
        },
        synopsisSubcommandLabel = "[COMMAND]",
        versionProvider = TopCommand.Version.class,
        scope = ScopeType.INHERIT,
        usageHelpWidth = 100,
        sortOptions = false,
        descriptionHeading = "%n",
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:refused or failed; standard error says why in one line",
            "2:wrong usage",
            "3:no such account or token",
            "4:the account exists already",
            "5:database not reached, its schema too old, or a setting wrong"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  auth-tokens                     serve", "  auth-tokens user list --help    help of a command"},
        subcommands = {UserCommands.class, TokenCommands.class, AuditCommands.class, CompletionCommand.class})
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

    /** Null until Quarkus has started: the arguments are parsed before. */
    CommandContext context;

    @Command(
            name = Invocation.SERVE,
            description = {
                "Serves the API until it is stopped; this is what happens without any command.",
                "",
                "A start that fails for a reason that an operator can fix ends with status 1 and one line."
            },
            footer = "  auth-tokens serve")
    void serve() {
        throw new IllegalStateException("Served by Main, not run as a command");
    }

    /** @param schemaVersion that the schema is at now */
    @RegisterForReflection
    record Migrated(String schemaVersion, List<String> migrated) {}

    @Command(
            name = Invocation.MIGRATE,
            description = {
                "Migrates the schema of the database to the version of this executable, without a timeout.",
                "",
                "It may run again, and several times at once. With AUTH_TOKENS_MIGRATE_AT_START=false nothing else does it."
            },
            footer = "  auth-tokens migrate")
    void migrate(@Mixin Output output) {
        List<String> versions = context.schema().migrate().migrations.stream()
                .map(done -> done.version)
                .toList();
        String version = context.schema().version();
        String line = versions.isEmpty()
                ? "Schema is at version " + version + ", nothing to do"
                : "Migrated the schema to version " + version + ": " + String.join(", ", versions);
        output.print(context, new Migrated(version, versions), line);
    }

    /** The version that this was built as. */
    static class Version implements IVersionProvider {

        @Override
        public String[] getVersion() throws IOException {
            try (InputStream text = Version.class.getResourceAsStream("version.txt")) {
                return new String[] {new String(text.readAllBytes(), StandardCharsets.UTF_8).strip()};
            }
        }
    }
}
