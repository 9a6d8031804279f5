package dev.authtokens.cli;

import dev.authtokens.access.Role;
import dev.authtokens.cli.ArgumentTypes.ExpiryTime;
import dev.authtokens.user.UserView;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(
        name = "create",
        description = {
            "Makes an account.",
            "",
            "The password is asked for twice on a terminal, and is the first line of standard input otherwise. It has to"
                    + " keep the same rules as over HTTP."
        },
        footer = {
            "%nExamples:",
            "  auth-tokens user create andy@example.com",
            "  auth-tokens user create ops@example.com --role admin --password-stdin < password.txt"
        })
class UserCreateCommand extends AccountCommand {

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            defaultValue = "user",
            description = "What it may do: user (default), admin or service.")
    Role role;

    @Option(
            names = "--expiry",
            paramLabel = "TIME",
            defaultValue = "never",
            description = "When it expires, like 2030-01-01T12:00:00Z; never (default).")
    ExpiryTime expiry;

    @Mixin
    NewPassword password;

    @Override
    public void run(CommandContext context, Terminal terminal) {
        if (context.users().findAccount(email).isPresent()) {
            throw new CommandFailure(ExitCode.ALREADY_EXISTS, "There is an account with this e-mail address already.");
        }
        String hash = password.hash(email, context, terminal);
        context.users().create(email, hash, role, expiry.time());
        UserView made = UserView.of(account(context));
        output.print(context, terminal, made, "Made the account " + made.email() + " with the role " + made.role());
    }
}
