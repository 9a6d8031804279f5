package dev.authtokens.cli;

import dev.authtokens.access.EmailAddress;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A command about one account. */
abstract class AccountCommand implements Command {

    @Parameters(index = "0", paramLabel = "EMAIL", description = "E-mail address of the account, in any case.")
    EmailAddress email;

    @Mixin
    Output output;
}
