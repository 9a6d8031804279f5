package dev.authtokens.cli;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.problem.Problem;
import dev.authtokens.user.Account;
import picocli.CommandLine.Parameters;

/** The account that a command is about. */
class AccountArgument {

    @Parameters(index = "0", paramLabel = "EMAIL", description = "E-mail address of the account, in any case.")
    EmailAddress email;

    /** @throws Problem {@code RESOURCE_NOT_FOUND} */
    Account account(CommandContext context) {
        return context.users().getAccount(email);
    }
}
