package dev.authtokens.cli;

import dev.authtokens.session.Session;
import dev.authtokens.user.Account;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import picocli.CommandLine;

@CommandLine.Command(
        name = "list",
        description = "Lists the valid sessions of an account, newest first, at most 1,000.",
        footer = {"%nExample:", "  auth-tokens token list andy@example.com"})
class TokenListCommand extends AccountCommand {

    private static final int LIMIT = 1000;
    private static final String ROW =
            "%-36s  %-" + Times.WIDTH + "s  %-" + Times.WIDTH + "s  %-" + Times.WIDTH + "s  %s";

    @Override
    public void run(CommandContext context, Terminal terminal) {
        Account account = account(context);
        List<Session> sessions = context.tokens().list(account.id(), LIMIT).stream()
                .map(token -> Session.of(token, null))
                .toList();
        String header = ROW.formatted("ID", "CREATED", "LAST_USED", "EXPIRY", "ADDRESS");
        String text = sessions.stream()
                .map(TokenListCommand::row)
                .collect(Collectors.joining(System.lineSeparator(), header + System.lineSeparator(), ""))
                .stripTrailing();
        output.print(context, terminal, sessions, text);
    }

    private static String row(Session session) {
        return ROW.formatted(
                session.id(),
                Times.show(session.created()),
                Times.show(session.lastUsed()),
                Times.show(session.expiry()),
                Objects.requireNonNullElse(session.address(), "-"));
    }
}
