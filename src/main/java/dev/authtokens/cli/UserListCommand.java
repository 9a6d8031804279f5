package dev.authtokens.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.user.UserView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(
        name = "list",
        description = "Lists accounts in the order of their e-mail addresses.",
        footer = {
            "%nExamples:",
            "  auth-tokens user list --prefix andy",
            "  auth-tokens user list --json | jq -r '.[] | select(.role == \"admin\") | .email'"
        })
class UserListCommand implements Command {

    /** The address is the last column, since its width is not known before the last account. */
    private static final String ROW = "%-" + Times.WIDTH + "s  %-" + Times.WIDTH + "s  %-7s  %s%n";

    @Option(names = "--prefix", paramLabel = "TEXT", defaultValue = "", description = "Only addresses that begin so.")
    String prefix;

    @Mixin
    Output output;

    @Option(names = "--limit", paramLabel = "NUMBER", description = "At most so many, 1 or more; all by default.")
    int limit = Integer.MAX_VALUE;

    @Override
    public Optional<String> misuse() {
        return limit < 1 ? Optional.of("The limit must be 1 or more.") : Optional.empty();
    }

    @Override
    public void run(CommandContext context, Terminal terminal) {
        if (output.json) {
            printJson(context, terminal);
        } else {
            terminal.out().printf(ROW, "CREATED", "EXPIRY", "ROLE", "EMAIL");
            forEach(
                    context,
                    terminal,
                    user -> terminal.out()
                            .printf(
                                    ROW,
                                    Times.show(user.created()),
                                    Times.show(user.expiry()),
                                    user.role(),
                                    user.email()));
        }
    }

    private void printJson(CommandContext context, Terminal terminal) {
        try {
            JsonGenerator json = context.mapper().createGenerator(terminal.out());
            json.writeStartArray();
            forEach(context, terminal, user -> write(json, user));
            json.writeEndArray();
            json.flush();
            terminal.out().println();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(JsonGenerator json, UserView user) {
        try {
            json.writePOJO(user);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void forEach(CommandContext context, Terminal terminal, Consumer<UserView> action) {
        context.users().list(EmailAddress.canonical(prefix), "", limit).forEach(user -> {
            action.accept(user);
            terminal.requireWritable();
        });
    }
}
