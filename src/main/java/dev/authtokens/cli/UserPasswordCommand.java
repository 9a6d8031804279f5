package dev.authtokens.cli;

import dev.authtokens.problem.GenericResponse;
import dev.authtokens.user.Account;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

@CommandLine.Command(
        name = "password",
        description = {
            "Sets the password of an account, and revokes all of its sessions.",
            "",
            "The password is asked for twice on a terminal, and is the first line of standard input otherwise. It has to"
                    + " keep the same rules as over HTTP."
        },
        footer = {
            "%nExamples:",
            "  auth-tokens user password andy@example.com",
            "  auth-tokens user password andy@example.com --password-stdin < password.txt"
        })
class UserPasswordCommand extends AccountCommand {

    @Mixin
    NewPassword password;

    @Override
    public void run(CommandContext context, Terminal terminal) {
        Account account = account(context);
        String hash = password.hash(email, context, terminal);
        context.users().setPassword(account, hash, null);
        String text = "Set the password of " + account.email() + " and revoked its sessions";
        output.print(context, terminal, new GenericResponse("RESOURCE_UPDATED", text), text);
    }
}
