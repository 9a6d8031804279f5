package dev.authtokens.cli;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.user.Account;
import dev.authtokens.user.UserChange;
import dev.authtokens.user.UserView;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A command about one account. */
abstract class AccountCommand implements Command {

    @Parameters(index = "0", paramLabel = "EMAIL", description = "E-mail address of the account, in any case.")
    EmailAddress email;

    @Mixin
    Output output;

    /** @throws CommandFailure when there is none */
    Account account(Services services) {
        return services.users().findAccount(email).orElseThrow(CommandFailure::noSuchAccount);
    }

    /** @throws CommandFailure when there is none */
    UserView modify(Services services, UserChange change) {
        return services.users().modify(account(services).id(), change).orElseThrow(CommandFailure::noSuchAccount);
    }
}
