package dev.authtokens.cli;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.cli.ImportLine.InvalidLine;
import dev.authtokens.user.UserImport.Row;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Creates accounts from lines, a thousand in one transaction. After an interrupted run the import is run again: it skips the
 * accounts that exist.
 */
class AccountImport {

    private static final int BATCH = 1000;
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private final CommandContext context;

    private long lines;
    private long created;
    private long existing;
    private long bad;

    AccountImport(CommandContext context) {
        this.context = context;
    }

    /**
     * What an import did.
     *
     * @param lines that were not blank
     * @param existing accounts that were there before, or earlier in the file, and were left as they are
     */
    @RegisterForReflection
    record Summary(long lines, long created, long existing, long bad) {

        String text() {
            String rows = """
                    LINES     %,d
                    CREATED   %,d
                    EXISTING  %,d
                    BAD       %,d""";
            return String.format(Locale.ROOT, rows, lines, created, existing, bad);
        }
    }

    Summary run(BufferedReader reader) throws IOException {
        try {
            return readAll(reader);
        } finally {
            context.terminal().clearProgress();
        }
    }

    private Summary readAll(BufferedReader reader) throws IOException {
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
                context.terminal().showProgress(String.format(Locale.ROOT, "%,d lines", lines));
            }
        }
        write(batch);
        return new Summary(lines, created, existing, bad);
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
            if (present.contains(line.email().canonical())) {
                existing++;
                continue;
            }
            Optional<String> refusal = Optional.ofNullable(line.password())
                    .flatMap(password ->
                            context.rules().refusal(password, line.email().canonical()));
            refusal.ifPresentOrElse(reason -> report(line.number(), reason), () -> acceptable.add(line));
        }
        return acceptable;
    }

    private Row row(ImportLine line) {
        String hash = line.passwordHash() != null
                ? line.passwordHash()
                : context.hasher().hash(line.password());
        return new Row(line.email(), hash, line.role(), line.expiry());
    }

    private void report(long number, String reason) {
        bad++;
        context.terminal().clearProgress();
        context.terminal().err().println("line " + number + ": " + reason);
        context.terminal().err().flush();
    }
}
