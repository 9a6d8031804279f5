package dev.authtokens.cli;

import dev.authtokens.audit.Redactor;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The parsed arguments of the process. Parsing starts nothing. */
public final class Invocation {

    static final String NAME = "auth-tokens";

    private static final int WIDTH = 100;
    private static final int MAX_COMMAND_LINE = 1024;

    /** What the Java runtime makes of bytes that are no text in the character set of the environment. */
    static final String UNREADABLE = "\ufffd";

    private final List<String> arguments;
    private final ParseResult parsed;
    private final OptionalInt exitCode;

    private Invocation(List<String> arguments, ParseResult parsed, OptionalInt exitCode) {
        this.arguments = arguments;
        this.parsed = parsed;
        this.exitCode = exitCode;
    }

    /** Reads the arguments; answers at once where they ask for help or the version, or are wrong. */
    public static Invocation read(String... arguments) {
        return read(new Terminal(), arguments);
    }

    static Invocation read(Terminal terminal, String... arguments) {
        CommandLine commandLine = commandLine();
        try {
            ParseResult parsed = commandLine.parseArgs(arguments);
            Optional<Integer> help = help(parsed, terminal);
            if (help.isPresent()) {
                return answered(help.get());
            }
            requireCommand(parsed);
            requireReadable(commandLine, arguments);
            return new Invocation(List.of(arguments), parsed, OptionalInt.empty());
        } catch (ParameterException e) {
            CommandSpec spec = e.getCommandLine().getCommandSpec();
            terminal.error(describe(e) + " (see " + spec.qualifiedName() + " --help)");
            return answered(ExitCode.WRONG_USAGE.code());
        }
    }

    /** The code to exit with, when there is nothing left to do. */
    public OptionalInt exitCode() {
        return exitCode;
    }

    /** Whether the service is asked for, and not a command. */
    public boolean serves() {
        return parsed != null && userObject() instanceof ServeCommand || isBare(parsed);
    }

    Command command() {
        return (Command) userObject();
    }

    boolean isVerbose() {
        return ((TopCommand) parsed.commandSpec().userObject()).verbose;
    }

    /** The command line as it may be written down, without the secrets that somebody may have put into it. */
    String redacted() {
        return Redactor.clean(NAME + " " + String.join(" ", arguments), MAX_COMMAND_LINE);
    }

    /** The commands, whose texts are complete with what all of them share. */
    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new TopCommand()).setExpandAtFiles(false);
        ArgumentTypes.register(commandLine);
        complete(commandLine);
        return commandLine;
    }

    private static void complete(CommandLine commandLine) {
        commandLine
                .getCommandSpec()
                .usageMessage()
                .width(WIDTH)
                .sortOptions(false)
                .optionListHeading("%nOptions:%n")
                .parameterListHeading("%nParameters:%n")
                .commandListHeading("%nCommands:%n")
                .descriptionHeading("%n")
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(ExitCode.meanings());
        commandLine.getSubcommands().values().forEach(Invocation::complete);
    }

    private static Invocation answered(int exitCode) {
        return new Invocation(List.of(), null, OptionalInt.of(exitCode));
    }

    private static Optional<Integer> help(ParseResult parsed, Terminal terminal) {
        for (ParseResult level = parsed; level != null; level = level.subcommand()) {
            if (level.isUsageHelpRequested()) {
                leaf(parsed).commandSpec().commandLine().usage(terminal.out());
                terminal.out().flush();
                return Optional.of(ExitCode.DONE.code());
            }
            if (level.isVersionHelpRequested()) {
                level.commandSpec().commandLine().printVersionHelp(terminal.out());
                terminal.out().flush();
                return Optional.of(ExitCode.DONE.code());
            }
        }
        return Optional.empty();
    }

    private static void requireCommand(ParseResult parsed) {
        CommandSpec spec = leaf(parsed).commandSpec();
        if (!spec.subcommands().isEmpty() && !isBare(parsed)) {
            throw new ParameterException(spec.commandLine(), "A command is missing.");
        }
        if (spec.userObject() instanceof Command command) {
            command.misuse().ifPresent(reason -> {
                throw new ParameterException(spec.commandLine(), reason);
            });
        }
    }

    private static void requireReadable(CommandLine commandLine, String... arguments) {
        if (String.join(" ", arguments).contains(UNREADABLE)) {
            throw new ParameterException(
                    commandLine,
                    "An argument is not in the character set of the environment: set LC_ALL=C.UTF-8, for example.");
        }
    }

    private static boolean isBare(ParseResult parsed) {
        return parsed != null && !parsed.hasSubcommand();
    }

    private Object userObject() {
        return leaf(parsed).commandSpec().userObject();
    }

    private static ParseResult leaf(ParseResult parsed) {
        ParseResult leaf = parsed;
        while (leaf.hasSubcommand()) {
            leaf = leaf.subcommand();
        }
        return leaf;
    }

    /** One line, without the values of surplus arguments: they may be a password that somebody typed. */
    private static String describe(ParameterException failure) {
        if (failure instanceof UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().get(0);
            return first.startsWith("-")
                    ? "There is no option " + first.replaceFirst("=.*", "") + "."
                    : "There are too many arguments, or there is no such command.";
        }
        return Redactor.redact(failure.getMessage().lines().findFirst().orElse(""));
    }
}
