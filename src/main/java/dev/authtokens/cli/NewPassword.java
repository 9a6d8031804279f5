package dev.authtokens.cli;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.password.PasswordHasher;
import picocli.CommandLine.Option;

/** Where a new password comes from: never from the arguments, which everybody on the machine can read. */
class NewPassword {

    @Option(
            names = "--password-stdin",
            description = "Read the password from the first line of standard input, also on a terminal.")
    boolean fromInput;

    /**
     * The hash of the password that was given.
     *
     * @throws CommandFailure when the password is refused, by the same rules as over HTTP
     */
    String hash(EmailAddress email, CommandContext context, Terminal terminal) {
        byte[] password = terminal.newPassword(email.displayForm(), fromInput, PasswordHasher.MAX_LENGTH);
        context.rules().refusal(password, email.canonical()).ifPresent(reason -> {
            throw new CommandFailure(ExitCode.REFUSED, reason);
        });
        return context.hasher().hash(password);
    }
}
