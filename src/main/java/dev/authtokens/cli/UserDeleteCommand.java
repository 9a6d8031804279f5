package dev.authtokens.cli;

import dev.authtokens.problem.GenericResponse;
import dev.authtokens.user.UserView;
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
    public void run(Services services, Terminal terminal) {
        if (!yes && !terminal.isInteractive()) {
            throw new CommandFailure(ExitCode.WRONG_USAGE, "There is no terminal to ask on: use --yes to delete.");
        }
        UserView user = services.users().findView(email).orElseThrow(CommandFailure::noSuchAccount);
        if (!yes && !terminal.confirms("Delete the account " + user.email() + "?")) {
            throw new CommandFailure(ExitCode.REFUSED, "Nothing is deleted.");
        }
        if (!services.users().delete(email)) {
            throw CommandFailure.noSuchAccount();
        }
        String text = "Deleted the account " + user.email();
        output.print(services, terminal, new GenericResponse("RESOURCE_DELETED", text), text);
    }
}
