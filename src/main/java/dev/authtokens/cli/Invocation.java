package dev.authtokens.cli;

import dev.authtokens.audit.Redactor;
import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The parsed arguments of the process. Parsing starts nothing. */
public final class Invocation {

    static final String NAME = "auth-tokens";
    static final String SERVE = "serve";
    static final String MIGRATE = "migrate";

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
        commandLine.setOut(terminal.out());
        try {
            ParseResult parsed = commandLine.parseArgs(arguments);
            Integer help = CommandLine.executeHelpRequest(parsed);
            if (help != null) {
                return answered(help);
            }
            requireCommand(parsed);
            requireReadable(commandLine, arguments);
            if (leaf(parsed).commandSpec().userObject() instanceof CompletionCommand completion) {
                completion.print(commandLine, terminal.out());
                return answered(ExitCode.DONE.code());
            }
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
        return parsed != null && (!parsed.hasSubcommand() || is(SERVE));
    }

    /** Whether the command works on a schema of any version; others refuse an older one than they know. */
    boolean worksOnAnySchema() {
        return is(MIGRATE);
    }

    /** @throws CommandFailure when the command cannot do what it is asked for */
    void run(CommandContext context) {
        top().context = context;
        try {
            new CommandLine.RunLast().execute(parsed);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    boolean isVerbose() {
        return top().verbose;
    }

    /** The command line as it may be written down, without the secrets that somebody may have put into it. */
    String redacted() {
        return Redactor.clean(NAME + " " + String.join(" ", arguments), MAX_COMMAND_LINE);
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new TopCommand()).setExpandAtFiles(false);
        ArgumentTypes.register(commandLine);
        return commandLine;
    }

    private static Invocation answered(int exitCode) {
        return new Invocation(List.of(), null, OptionalInt.of(exitCode));
    }

    private static void requireCommand(ParseResult parsed) {
        ParseResult leaf = leaf(parsed);
        CommandSpec spec = leaf.commandSpec();
        if (parsed.hasSubcommand() && !spec.subcommands().isEmpty()) {
            throw new ParameterException(spec.commandLine(), "A command is missing.");
        }
        if (TokenCommands.isAmbiguous(leaf)) {
            throw new ParameterException(
                    spec.commandLine(), "Give an EMAIL with either the ID of a session or --all, or give --everyone.");
        }
    }

    private static void requireReadable(CommandLine commandLine, String... arguments) {
        if (String.join(" ", arguments).contains(UNREADABLE)) {
            throw new ParameterException(
                    commandLine,
                    "An argument is not in the character set of the environment: set LC_ALL=C.UTF-8, for example.");
        }
    }

    private TopCommand top() {
        return (TopCommand) parsed.commandSpec().userObject();
    }

    private boolean is(String command) {
        return leaf(parsed).commandSpec().name().equals(command);
    }

    private static ParseResult leaf(ParseResult parsed) {
        ParseResult leaf = parsed;
        while (leaf.hasSubcommand()) {
            leaf = leaf.subcommand();
        }
        return leaf;
    }

    /** One line, without the values of wrong arguments: they may be a password that somebody typed. */
    private static String describe(ParameterException failure) {
        if (failure instanceof UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().get(0);
            String problem = first.startsWith("-")
                    ? "There is no option " + Redactor.redact(first.replaceFirst("=.*", ""))
                    : "There are too many arguments, or there is no such command";
            String suggestions = String.join(", ", unmatched.getSuggestions());
            return problem + (suggestions.isEmpty() ? "." : ": did you mean " + suggestions + "?");
        }
        String message = failure.getMessage().replace("'" + failure.getValue() + "'", "this");
        return Redactor.redact(message.lines().findFirst().orElse(""));
    }
}
