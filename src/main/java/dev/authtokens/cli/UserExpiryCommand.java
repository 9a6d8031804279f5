package dev.authtokens.cli;

import dev.authtokens.cli.ArgumentTypes.ExpiryTime;
import dev.authtokens.user.UserChange;
import dev.authtokens.user.UserView;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
        name = "expiry",
        description =
                "Sets when an account expires; from then on it can neither log in nor use its sessions. The last administrator"
                        + " who has not expired does not expire at once.",
        footer = {
            "%nExamples:",
            "  auth-tokens user expiry andy@example.com 2030-01-01T12:00:00Z",
            "  auth-tokens user expiry andy@example.com never"
        })
class UserExpiryCommand extends AccountCommand {

    @Parameters(index = "1", paramLabel = "TIME|never", description = "A time in RFC 3339, or never.")
    ExpiryTime expiry;

    @Override
    public void run(CommandContext context, Terminal terminal) {
        UserView user = modify(context, UserChange.ofExpiry(expiry.time()));
        output.print(context, terminal, user, "Expiry of " + user.email() + ": " + Times.show(user.expiry()));
    }
}
