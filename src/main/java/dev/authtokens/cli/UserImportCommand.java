package dev.authtokens.cli;

import dev.authtokens.cli.AccountImport.Summary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "import",
        description = {
            "Creates accounts from a file with a JSON object in each line:",
            "",
            "  {\"email\": \"andy@example.com\", \"password_hash\": \"$2b$10$...\"}",
            "  {\"email\": \"ops@example.com\", \"password_base64\": \"...\", \"role\": \"admin\", \"expiry\":"
                    + " \"2030-01-01T12:00:00Z\"}",
            "",
            "password_hash is a hash of another system (bcrypt, PBKDF2, Argon2id, scrypt, SHA-512-crypt or SSHA, see"
                    + " docs/migrating.md) or of this service."
                    + " password_base64 is the password itself, in Base64; it has to keep the rules, and hashing takes"
                    + " a tenth of a second each. One of the two is needed; role (user) and expiry (never) are not.",
            "",
            "An existing account is counted and left as it is, so the import may be run again. An invalid line is reported on"
                    + " standard error with its number and skipped; the exit code is 1 then."
        },
        footer = {
            "%nExamples:",
            "  auth-tokens user import accounts.ndjson",
            "  other-system export | auth-tokens user import -"
        })
class UserImportCommand implements Runnable {

    private static final String STANDARD_INPUT = "-";

    @ParentCommand
    UserCommands user;

    @Parameters(index = "0", paramLabel = "FILE", description = "The lines; - for standard input.")
    String file;

    @Mixin
    Output output;

    @Override
    public void run() {
        CommandContext context = user.top.context;
        Summary summary = importAll(context);
        output.print(context, summary, summary.text());
        if (summary.bad() > 0) {
            throw new CommandFailure(
                    ExitCode.REFUSED, "Invalid lines: " + summary.bad() + " of " + summary.lines() + ".");
        }
    }

    private Summary importAll(CommandContext context) {
        try (InputStream in = file.equals(STANDARD_INPUT) ? System.in : Files.newInputStream(Path.of(file))) {
            return new AccountImport(context)
                    .run(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
        } catch (NoSuchFileException e) {
            throw new CommandFailure(ExitCode.REFUSED, "There is no file " + file + ".");
        } catch (AccessDeniedException e) {
            throw new CommandFailure(ExitCode.REFUSED, "The file " + file + " may not be read by this user.");
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.REFUSED, "The lines cannot be read: " + e.getMessage());
        }
    }
}
