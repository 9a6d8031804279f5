package dev.authtokens.cli;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.access.Role;
import dev.authtokens.audit.Redactor;
import dev.authtokens.problem.GenericResponse;
import dev.authtokens.token.TokenView;
import dev.authtokens.user.Account;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.ParseResult;

/** The commands about the sessions of accounts. */
@Command(
        name = "token",
        description =
                "Lists, creates and revokes the sessions of accounts. A session is shown by its id, never by its token.",
        footer = "  auth-tokens token list --help")
class TokenCommands {

    private static final String REVOKE = "revoke";
    private static final String ALL = "--all";
    private static final String EVERYONE = "--everyone";
    private static final String ISSUED_BEFORE = "--issued-before";
    private static final int LIMIT = 1000;
    private static final int NAME_LENGTH = 100;
    private static final String TIME = "%-" + Output.TIME_WIDTH + "s  ";
    private static final String ROW = "%-36s  " + TIME + TIME + TIME + "%-15s  %s";

    @ParentCommand
    TopCommand top;

    @Command(
            name = "list",
            description = "Lists the valid sessions of an account, newest first, at most 1,000.",
            footer = "  auth-tokens token list andy@example.com")
    void list(@Mixin AccountArgument argument, @Mixin Output output) {
        CommandContext context = top.context;
        Account account = argument.account(context);
        List<TokenView> sessions = context.tokens().list(account.id(), account.expiresAt(), null, LIMIT);
        String header = ROW.formatted("ID", "CREATED", "LAST_USED", "EXPIRY", "ADDRESS", "NAME");
        output.print(context, header, sessions, TokenCommands::row);
    }

    private static String row(TokenView session) {
        return ROW.formatted(
                session.id(),
                Output.time(session.created()),
                Output.time(session.lastUsed()),
                Output.time(session.expiry()),
                Output.orDash(session.address()),
                Output.orDash(session.name()));
    }

    /** @param authToken shown this one time only */
    @RegisterForReflection
    record CreatedToken(String authToken, String name) {}

    @Command(
            name = "create",
            description = {
                "Issues a token to a program, so that it needs no password, and prints it this one time.",
                "",
                "The account must have the role service. A new password of the account revokes the token too."
            },
            footer = {
                "  auth-tokens token create backup@example.com --name 'backup job' --lifespan 90d",
                "  auth-tokens token create proxy@example.com --name proxy > /run/secrets/token"
            })
    void create(
            @Mixin AccountArgument argument,
            @Option(
                            names = "--name",
                            required = true,
                            paramLabel = "NAME",
                            description = "What the token is for, at most 100 characters; shown in lists.")
                    String name,
            @Option(
                            names = "--lifespan",
                            paramLabel = "DURATION",
                            description = "When it expires, like 12h, 90d or PT12H: " + ArgumentTypes.LIFESPANS
                                    + "; by default only as all tokens do.")
                    Duration lifespan,
            @Mixin Output output) {
        if (name.isBlank() || name.strip().length() > NAME_LENGTH) {
            throw new CommandFailure(ExitCode.WRONG_USAGE, "--name has 1 to " + NAME_LENGTH + " characters.");
        }
        CommandContext context = top.context;
        Account account = argument.account(context);
        if (account.role() != Role.SERVICE) {
            throw CommandFailure.refused("Only an account with the role service gets a token without a login.");
        }
        String shown = Redactor.clean(name.strip(), NAME_LENGTH);
        String token = context.tokens()
                .issue(account, shown, lifespan)
                .orElseThrow(() -> CommandFailure.refused("The account was changed meanwhile: try again."))
                .reveal();
        output.print(context, new CreatedToken(token, shown), token);
    }

    @Command(
            name = REVOKE,
            description = {
                "Revokes one session of an account, all of them, or the tokens of all accounts.",
                "",
                "Use --everyone after a breach, and after every restore of the database. On a terminal it asks first; elsewhere"
                        + " it does nothing without --yes."
            },
            footer = {
                "  auth-tokens token revoke andy@example.com 0b1f3c5e-7a9d-4e2b-8c6f-1d3e5a7b9c0d",
                "  auth-tokens token revoke andy@example.com --all",
                "  auth-tokens token revoke --everyone"
            })
    void revoke(
            @Parameters(
                            index = "0",
                            arity = "0..1",
                            paramLabel = "EMAIL",
                            description = "E-mail address of the account.")
                    EmailAddress email,
            @Parameters(
                            index = "1",
                            arity = "0..1",
                            paramLabel = "ID",
                            description = "The session, as 'token list' shows it.")
                    UUID id,
            @Option(names = ALL, description = "All sessions of the account, instead of one.") boolean all,
            @Option(names = EVERYONE, description = "The tokens of all accounts.") boolean everyone,
            @Option(
                            names = ISSUED_BEFORE,
                            paramLabel = "TIME",
                            description = "With --everyone: only tokens issued up to this time; now by default.")
                    Instant issuedBefore,
            @Option(
                            names = {"-y", "--yes"},
                            description = "With --everyone: do not ask.")
                    boolean yes,
            @Mixin Output output) {
        CommandContext context = top.context;
        String text;
        if (everyone) {
            context.terminal()
                    .confirm(yes, "Revoke the tokens of all accounts, so that everybody has to log in again?");
            text = "Revoked all tokens issued up to " + context.tokens().revokeEveryone(issuedBefore);
        } else {
            text = revoke(context, context.users().getAccount(email), id, all);
        }
        output.print(context, new GenericResponse("RESOURCE_DELETED", text), text);
    }

    private static String revoke(CommandContext context, Account account, UUID id, boolean all) {
        if (all) {
            int revoked = context.tokens().revokeAll(account.id(), account.email(), null);
            return "Revoked sessions of " + account.email() + ": " + revoked;
        }
        if (!context.tokens().revoke(account.id(), account.email(), id)) {
            throw new CommandFailure(ExitCode.NOT_FOUND, "This account has no session with this id.");
        }
        return "Revoked the session " + id + " of " + account.email();
    }

    /** Whether {@code revoke} has other arguments than one of its three forms: picocli's groups cannot have positional ones. */
    static boolean isAmbiguous(ParseResult command) {
        if (!command.commandSpec().name().equals(REVOKE)) {
            return false;
        }
        boolean hasId = command.hasMatchedPositional(1);
        boolean all = command.hasMatchedOption(ALL);
        return command.hasMatchedOption(EVERYONE)
                ? command.hasMatchedPositional(0) || all
                : !command.hasMatchedPositional(0) || hasId == all || command.hasMatchedOption(ISSUED_BEFORE);
    }
}
