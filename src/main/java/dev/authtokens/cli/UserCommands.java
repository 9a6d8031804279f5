package dev.authtokens.cli;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.access.Role;
import dev.authtokens.problem.GenericResponse;
import dev.authtokens.user.Account;
import dev.authtokens.user.UserChange;
import dev.authtokens.user.UserView;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** The commands about accounts. */
@Command(
        name = "user",
        description = "Administers accounts.",
        footer = "  auth-tokens user create --help",
        subcommands = UserImportCommand.class)
class UserCommands {

    private static final String PASSWORD =
            "The password is asked for twice on a terminal, and is the first line of standard input otherwise. It has to"
                    + " keep the same rules as over HTTP.";

    /** The address is the last column, since its width is not known before the last account. */
    private static final String ROW = "%-" + Output.TIME_WIDTH + "s  %-" + Output.TIME_WIDTH + "s  %-7s  %s%n";

    @ParentCommand
    TopCommand top;

    @Command(
            name = "create",
            description = {"Creates an account.", "", PASSWORD},
            footer = {
                "  auth-tokens user create andy@example.com",
                "  auth-tokens user create ops@example.com --role admin --password-stdin < password.txt"
            })
    void create(
            @Mixin AccountArgument argument,
            @Option(
                            names = "--role",
                            paramLabel = "ROLE",
                            defaultValue = "user",
                            description = "What it may do: user (default), admin or service.")
                    Role role,
            @Option(
                            names = "--expiry",
                            paramLabel = "TIME",
                            defaultValue = "never",
                            description = "When it expires, like 2030-01-01 or 2030-01-01T12:00:00Z; never (default).")
                    Instant expiry,
            @Mixin PasswordSource password,
            @Mixin Output output) {
        CommandContext context = top.context;
        if (context.users().findAccount(argument.email).isPresent()) {
            throw new CommandFailure(ExitCode.ALREADY_EXISTS, "There is an account with this e-mail address already.");
        }
        context.users().create(argument.email, password.hash(argument.email, context), role, expiry);
        UserView made = UserView.of(argument.account(context));
        output.print(context, made, "Created the account " + made.email() + " with the role " + made.role());
    }

    @Command(
            name = "list",
            description = "Lists accounts in the order of their e-mail addresses.",
            footer = {
                "  auth-tokens user list --prefix andy",
                "  auth-tokens user list --json | jq -r '.[] | select(.role == \"admin\") | .email'"
            })
    void list(
            @Option(
                            names = "--prefix",
                            paramLabel = "TEXT",
                            defaultValue = "",
                            description = "Only addresses with this prefix.")
                    String prefix,
            @Mixin Output output,
            @Option(
                            names = "--limit",
                            paramLabel = "NUMBER",
                            description = "Maximum number of accounts; all by default.")
                    Integer limit) {
        CommandContext context = top.context;
        PrintWriter out = context.terminal().out();
        Stream<UserView> users = context.users()
                .list(EmailAddress.canonical(prefix), "", limit == null ? Integer.MAX_VALUE : limit)
                .peek(user -> context.terminal().requireWritable());
        if (output.json) {
            Output.printJson(context, users.iterator());
        } else {
            out.printf(ROW, "CREATED", "EXPIRY", "ROLE", "EMAIL");
            users.forEach(user -> out.printf(
                    ROW, Output.time(user.created()), Output.time(user.expiry()), user.role(), user.email()));
        }
    }

    @Command(name = "show", description = "Shows an account.", footer = "  auth-tokens user show andy@example.com")
    void show(@Mixin AccountArgument argument, @Mixin Output output) {
        UserView user = UserView.of(argument.account(top.context));
        String text = """
                EMAIL    %s
                ROLE     %s
                CREATED  %s
                EXPIRY   %s""".formatted(user.email(), user.role(), Output.time(user.created()), Output.time(user.expiry()));
        output.print(top.context, user, text);
    }

    @Command(
            name = "password",
            description = {"Sets the password of an account, and revokes all of its sessions.", "", PASSWORD},
            footer = {
                "  auth-tokens user password andy@example.com",
                "  auth-tokens user password andy@example.com --password-stdin < password.txt"
            })
    void password(@Mixin AccountArgument argument, @Mixin PasswordSource password, @Mixin Output output) {
        Account account = argument.account(top.context);
        top.context.users().setPassword(account, password.hash(argument.email, top.context), null);
        String text = "Set the password of " + account.email() + " and revoked its sessions";
        output.print(top.context, new GenericResponse("RESOURCE_UPDATED", text), text);
    }

    @Command(
            name = "expiry",
            description =
                    "Sets when an account expires; from then on it can neither log in nor use its sessions. The last"
                            + " administrator who has not expired does not expire at once.",
            footer = {
                "  auth-tokens user expiry andy@example.com 2030-01-01",
                "  auth-tokens user expiry andy@example.com never"
            })
    void expiry(
            @Mixin AccountArgument argument,
            @Parameters(
                            index = "1",
                            paramLabel = "TIME|never",
                            description = "A time in RFC 3339, a date (its beginning, in UTC), or never.")
                    Instant expiry,
            @Mixin Output output) {
        UserView user = modify(argument, UserChange.ofExpiry(expiry));
        output.print(top.context, user, "Expiry of " + user.email() + ": " + Output.time(user.expiry()));
    }

    @Command(
            name = "role",
            description = "Gives an account another role. The last administrator who has not expired stays one.",
            footer = "  auth-tokens user role andy@example.com admin")
    void role(
            @Mixin AccountArgument argument,
            @Parameters(index = "1", paramLabel = "ROLE", description = "user, admin or service.") Role role,
            @Mixin Output output) {
        UserView user = modify(argument, UserChange.ofRole(role));
        output.print(top.context, user, "Role of " + user.email() + ": " + user.role());
    }

    private UserView modify(AccountArgument argument, UserChange change) {
        return top.context.users().modify(argument.account(top.context).id(), change);
    }

    @Command(
            name = "delete",
            description = {
                "Deletes an account with its sessions. The last administrator who has not expired stays.",
                "",
                "On a terminal it asks before; elsewhere it does nothing without --yes."
            },
            footer = "  auth-tokens user delete andy@example.com --yes")
    void delete(
            @Mixin AccountArgument argument,
            @Option(
                            names = {"-y", "--yes"},
                            description = "Do not ask.")
                    boolean yes,
            @Mixin Output output) {
        Account account = argument.account(top.context);
        top.context.terminal().confirm(yes, "Delete the account " + account.email() + "?");
        top.context.users().delete(account.id());
        String text = "Deleted the account " + account.email();
        output.print(top.context, new GenericResponse("RESOURCE_DELETED", text), text);
    }

    /** Where a new password comes from: never from the arguments, which everybody on the machine can read. */
    static class PasswordSource {

        @Option(
                names = "--password-stdin",
                description = "Read the password from the first line of standard input, also on a terminal.")
        boolean fromInput;

        /** @throws CommandFailure when the password is refused, by the same rules as over HTTP */
        String hash(EmailAddress email, CommandContext context) {
            byte[] password = context.terminal().newPassword(email.displayForm(), fromInput);
            context.rules().refusal(password, email.canonical()).ifPresent(reason -> {
                throw CommandFailure.refused(reason);
            });
            return context.hasher().hash(password);
        }
    }
}
