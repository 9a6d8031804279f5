package dev.authtokens.cli;

import dev.authtokens.problem.GenericResponse;
import dev.authtokens.user.Account;
import java.util.Optional;
import java.util.UUID;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
        name = "revoke",
        description = "Revokes one session of an account, or all of them.",
        footer = {
            "%nExamples:",
            "  auth-tokens token revoke andy@example.com 0b1f3c5e-7a9d-4e2b-8c6f-1d3e5a7b9c0d",
            "  auth-tokens token revoke andy@example.com --all"
        })
class TokenRevokeCommand extends AccountCommand {

    @Parameters(index = "1", arity = "0..1", paramLabel = "ID", description = "The session, as 'token list' shows it.")
    UUID id;

    @Option(names = "--all", description = "All of them, instead of one.")
    boolean all;

    @Override
    public Optional<String> misuse() {
        return (id == null) == all ? Optional.empty() : Optional.of("Give either the ID of a session or --all.");
    }

    @Override
    public void run(CommandContext context, Terminal terminal) {
        Account account = account(context);
        String text;
        if (all) {
            int revoked = context.tokens().revokeAll(account.id(), account.email(), null);
            text = "Revoked sessions of " + account.email() + ": " + revoked;
        } else if (context.tokens().revoke(account.id(), account.email(), id)) {
            text = "Revoked the session " + id + " of " + account.email();
        } else {
            throw new CommandFailure(ExitCode.NOT_FOUND, "This account has no session with this id.");
        }
        output.print(context, terminal, new GenericResponse("RESOURCE_DELETED", text), text);
    }
}
