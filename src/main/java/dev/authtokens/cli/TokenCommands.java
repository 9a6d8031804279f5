package dev.authtokens.cli;

import dev.authtokens.problem.GenericResponse;
import dev.authtokens.session.Session;
import dev.authtokens.user.Account;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.ParseResult;

/** The commands about the sessions of accounts. */
@Command(
        name = "token",
        description = "Lists and revokes the sessions of accounts. A session is shown by its id, never by its token.",
        footer = {"%nExample:", "  auth-tokens token list --help"})
class TokenCommands {

    private static final String REVOKE = "revoke";
    private static final String ALL = "--all";
    private static final int LIMIT = 1000;
    private static final String TIME = "%-" + Output.TIME_WIDTH + "s  ";
    private static final String ROW = "%-36s  " + TIME + TIME + TIME + "%s";

    @ParentCommand
    TopCommand top;

    @Command(
            name = "list",
            description = "Lists the valid sessions of an account, newest first, at most 1,000.",
            footer = {"%nExample:", "  auth-tokens token list andy@example.com"})
    void list(@Mixin AccountArgument argument, @Mixin Output output) {
        CommandContext context = top.context;
        List<Session> sessions = context.tokens().list(argument.account(context).id(), LIMIT).stream()
                .map(token -> Session.of(token, null))
                .toList();
        String header = ROW.formatted("ID", "CREATED", "LAST_USED", "EXPIRY", "ADDRESS");
        String text = Stream.concat(Stream.of(header), sessions.stream().map(TokenCommands::row))
                .collect(Collectors.joining(System.lineSeparator()));
        output.print(context, sessions, text);
    }

    private static String row(Session session) {
        return ROW.formatted(
                session.id(),
                Output.time(session.created()),
                Output.time(session.lastUsed()),
                Output.time(session.expiry()),
                Objects.requireNonNullElse(session.address(), "-"));
    }

    @Command(
            name = REVOKE,
            description = "Revokes one session of an account, or all of them.",
            footer = {
                "%nExamples:",
                "  auth-tokens token revoke andy@example.com 0b1f3c5e-7a9d-4e2b-8c6f-1d3e5a7b9c0d",
                "  auth-tokens token revoke andy@example.com --all"
            })
    void revoke(
            @Mixin AccountArgument argument,
            @Parameters(
                            index = "1",
                            arity = "0..1",
                            paramLabel = "ID",
                            description = "The session, as 'token list' shows it.")
                    UUID id,
            @Option(names = ALL, description = "All of them, instead of one.") boolean all,
            @Mixin Output output) {
        CommandContext context = top.context;
        Account account = argument.account(context);
        String text;
        if (all) {
            int revoked = context.tokens().revokeAll(account.id(), account.email(), null);
            text = "Revoked sessions of " + account.email() + ": " + revoked;
        } else if (context.tokens().revoke(account.id(), account.email(), id)) {
            text = "Revoked the session " + id + " of " + account.email();
        } else {
            throw new CommandFailure(ExitCode.NOT_FOUND, "This account has no session with this id.");
        }
        output.print(context, new GenericResponse("RESOURCE_DELETED", text), text);
    }

    /** Whether both or neither of an ID and {@code --all} are given: picocli's groups cannot have a positional parameter. */
    static boolean isAmbiguous(ParseResult command) {
        return command.commandSpec().name().equals(REVOKE)
                && command.hasMatchedPositional(1) == command.hasMatchedOption(ALL);
    }
}
