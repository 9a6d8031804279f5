package dev.authtokens.cli;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.problem.Problem;
import dev.authtokens.user.Account;
import dev.authtokens.user.UserChange;
import dev.authtokens.user.UserStore;
import dev.authtokens.user.UserView;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A command about one account. */
abstract class AccountCommand implements Command {

    @Parameters(index = "0", paramLabel = "EMAIL", description = "E-mail address of the account, in any case.")
    EmailAddress email;

    @Mixin
    Output output;

    /** @throws Problem {@code RESOURCE_NOT_FOUND} */
    Account account(CommandContext context) {
        return context.users().getAccount(email);
    }

    /** @throws Problem as {@link UserStore#modify} */
    UserView modify(CommandContext context, UserChange change) {
        return context.users().modify(account(context).id(), change);
    }
}
