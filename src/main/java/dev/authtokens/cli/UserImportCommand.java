package dev.authtokens.cli;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.cli.ImportLine.InvalidLine;
import dev.authtokens.user.UserImport.Row;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Creates accounts from lines, a thousand in one transaction. */
@Command(
        name = "import",
        description = {
            "Creates accounts from a file with a JSON object in each line:",
            "",
            "  {\"email\": \"andy@example.com\", \"password_hash\": \"$2b$10$...\"}",
            "  {\"email\": \"ops@example.com\", \"password_base64\": \"...\", \"role\": \"admin\", \"expiry\":"
                    + " \"2030-01-01T12:00:00Z\"}",
            "",
            "password_hash is a hash of this service or of another system, see docs/migrating.md. password_base64 is the"
                    + " password itself; it has to keep the rules, and hashing takes a tenth of a second each. One of the two"
                    + " is needed; role (user) and expiry (never) are not.",
            "",
            "An existing account is counted and left as it is, so the import may be run again. An invalid line is reported on"
                    + " standard error with its number and skipped; the exit code is 1 then."
        },
        footer = {"  auth-tokens user import accounts.ndjson", "  other-system export | auth-tokens user import -"})
class UserImportCommand implements Runnable {

    private static final int BATCH = 1000;
    private static final String BYTE_ORDER_MARK = "\ufeff";

    @ParentCommand
    UserCommands user;

    @Parameters(index = "0", paramLabel = "FILE", description = "The lines; - for standard input.")
    String file;

    @Mixin
    Output output;

    private CommandContext context;
    private long lines;
    private long created;
    private long existing;
    private long bad;

    /**
     * @param lines that were not blank
     * @param existing accounts that were there before, or earlier in the file
     */
    @RegisterForReflection
    record Summary(long lines, long created, long existing, long bad) {}

    @Override
    public void run() {
        context = user.top.context;
        try (InputStream in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
            readAll(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
        } catch (NoSuchFileException e) {
            throw CommandFailure.refused("There is no file " + file + ".");
        } catch (AccessDeniedException e) {
            throw CommandFailure.refused("The file " + file + " may not be read by this user.");
        } catch (IOException e) {
            throw CommandFailure.refused("The lines cannot be read: " + e.getMessage());
        } finally {
            context.terminal().showProgress("");
        }
        String text = """
                LINES     %,d
                CREATED   %,d
                EXISTING  %,d
                BAD       %,d""".formatted(lines, created, existing, bad);
        output.print(context, new Summary(lines, created, existing, bad), text);
        if (bad > 0) {
            throw CommandFailure.refused("Invalid lines: " + bad + " of " + lines + ".");
        }
    }

    private void readAll(BufferedReader reader) throws IOException {
        List<ImportLine> batch = new ArrayList<>();
        long number = 0;
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            number++;
            String text = number == 1 ? line.replaceFirst("^" + BYTE_ORDER_MARK, "") : line;
            if (text.isBlank()) {
                continue;
            }
            lines++;
            try {
                batch.add(ImportLine.read(number, text, context.mapper(), context.hasher()));
            } catch (InvalidLine e) {
                report(number, e.getMessage());
            }
            if (batch.size() == BATCH) {
                write(batch);
                batch.clear();
                context.terminal().showProgress("%,d lines".formatted(lines));
            }
        }
        write(batch);
    }

    /** Hashes on all cores. Passwords of existing accounts are not hashed, so a repeated run is fast. */
    private void write(List<ImportLine> batch) {
        List<Row> rows = acceptable(batch).parallelStream().map(this::row).toList();
        if (!rows.isEmpty()) {
            int made = context.userImport().insert(rows);
            created += made;
            existing += rows.size() - made;
        }
    }

    private List<ImportLine> acceptable(List<ImportLine> batch) {
        List<EmailAddress> toHash = batch.stream()
                .filter(line -> line.password() != null)
                .map(ImportLine::email)
                .toList();
        Set<String> present = toHash.isEmpty() ? Set.of() : context.userImport().findExisting(toHash);
        List<ImportLine> acceptable = new ArrayList<>();
        for (ImportLine line : batch) {
            String email = line.email().canonical();
            if (present.contains(email)) {
                existing++;
                continue;
            }
            Optional.ofNullable(line.password())
                    .flatMap(password -> context.rules().refusal(password, email))
                    .ifPresentOrElse(reason -> report(line.number(), reason), () -> acceptable.add(line));
        }
        return acceptable;
    }

    private Row row(ImportLine line) {
        String hash = Objects.requireNonNullElseGet(
                line.passwordHash(), () -> context.hasher().hash(line.password()));
        return new Row(line.email(), hash, line.role(), line.expiry());
    }

    private void report(long number, String reason) {
        bad++;
        context.terminal().print("line " + number + ": " + reason);
    }
}
