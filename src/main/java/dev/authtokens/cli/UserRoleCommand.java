package dev.authtokens.cli;

import dev.authtokens.access.Role;
import dev.authtokens.user.UserChange;
import dev.authtokens.user.UserView;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
        name = "role",
        description = "Gives an account another role. The last administrator who has not expired stays one.",
        footer = {"%nExample:", "  auth-tokens user role andy@example.com admin"})
class UserRoleCommand extends AccountCommand {

    @Parameters(index = "1", paramLabel = "ROLE", description = "user, admin or service.")
    Role role;

    @Override
    public void run(CommandContext context, Terminal terminal) {
        UserView user = modify(context, UserChange.ofRole(role));
        output.print(context, terminal, user, "Role of " + user.email() + ": " + user.role());
    }
}
