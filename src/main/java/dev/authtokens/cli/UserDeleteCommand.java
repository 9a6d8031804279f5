package dev.authtokens.cli;

import dev.authtokens.problem.GenericResponse;
import dev.authtokens.user.Account;
import picocli.CommandLine;
import picocli.CommandLine.Option;

@CommandLine.Command(
        name = "delete",
        description = {
            "Deletes an account with its sessions. The last administrator who has not expired stays.",
            "",
            "On a terminal it asks before; elsewhere it does nothing without --yes."
        },
        footer = {"%nExample:", "  auth-tokens user delete andy@example.com --yes"})
class UserDeleteCommand extends AccountCommand {

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    boolean yes;

    @Override
    public void run(CommandContext context, Terminal terminal) {
        if (!yes && !terminal.isInteractive()) {
            throw new CommandFailure(ExitCode.WRONG_USAGE, "There is no terminal to ask on: use --yes to delete.");
        }
        Account account = account(context);
        if (!yes && !terminal.confirms("Delete the account " + account.email() + "?")) {
            throw new CommandFailure(ExitCode.REFUSED, "Nothing is deleted.");
        }
        context.users().delete(account.id());
        String text = "Deleted the account " + account.email();
        output.print(context, terminal, new GenericResponse("RESOURCE_DELETED", text), text);
    }
}
