package dev.authtokens.cli;

import dev.authtokens.user.UserView;
import picocli.CommandLine;

@CommandLine.Command(
        name = "show",
        description = "Shows an account.",
        footer = {"%nExample:", "  auth-tokens user show andy@example.com"})
class UserShowCommand extends AccountCommand {

    @Override
    public void run(CommandContext context, Terminal terminal) {
        UserView user = UserView.of(account(context));
        String text = """
                EMAIL    %s
                ROLE     %s
                CREATED  %s
                EXPIRY   %s""".formatted(user.email(), user.role(), Times.show(user.created()), Times.show(user.expiry()));
        output.print(context, terminal, user, text);
    }
}
