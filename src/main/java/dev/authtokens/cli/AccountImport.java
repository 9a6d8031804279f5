package dev.authtokens.cli;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.cli.ImportLine.BadLine;
import dev.authtokens.user.UserImport;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Creates accounts from lines, a thousand in one transaction. After an interrupted run the import is run again: it skips the
 * accounts that exist.
 */
class AccountImport implements AutoCloseable {

    private static final int BATCH = 1000;
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private final CommandContext context;
    private final Terminal terminal;
    private final ExecutorService hashing =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());

    private long lines;
    private long created;
    private long existing;
    private long bad;

    AccountImport(CommandContext context, Terminal terminal) {
        this.context = context;
        this.terminal = terminal;
    }

    void run(BufferedReader reader) throws IOException {
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
            } catch (BadLine e) {
                report(number, e.getMessage());
            }
            if (batch.size() == BATCH) {
                write(batch);
                batch.clear();
                terminal.showProgress(String.format(Locale.ROOT, "%,d lines", lines));
            }
        }
        write(batch);
        terminal.clearProgress();
    }

    ImportSummary summary() {
        return new ImportSummary(lines, created, existing, bad);
    }

    private void write(List<ImportLine> batch) {
        List<UserImport.Row> rows = hashed(batch);
        if (!rows.isEmpty()) {
            int made = context.userImport().insert(rows);
            created += made;
            existing += rows.size() - made;
        }
    }

    /** Passwords of existing accounts are not hashed, so a repeated run is fast. */
    private List<UserImport.Row> hashed(List<ImportLine> batch) {
        List<EmailAddress> toHash = batch.stream()
                .filter(line -> line.password() != null)
                .map(ImportLine::email)
                .toList();
        Set<String> present = toHash.isEmpty() ? Set.of() : context.userImport().findExisting(toHash);
        List<ImportLine> wanted = new ArrayList<>();
        List<Future<String>> hashes = new ArrayList<>();
        for (ImportLine line : batch) {
            if (present.contains(line.email().canonical())) {
                existing++;
            } else {
                wanted.add(line);
                hashes.add(hashing.submit(() -> hash(line)));
            }
        }
        List<UserImport.Row> rows = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            ImportLine line = wanted.get(i);
            try {
                rows.add(new UserImport.Row(line.email(), result(hashes.get(i)), line.role(), line.expiresAt()));
            } catch (BadLine e) {
                report(line.number(), e.getMessage());
            }
        }
        return rows;
    }

    private String hash(ImportLine line) throws BadLine {
        if (line.passwordHash() != null) {
            return line.passwordHash();
        }
        var refusal = context.rules().refusal(line.password(), line.email().canonical());
        if (refusal.isPresent()) {
            throw new BadLine(refusal.get());
        }
        return context.hasher().hash(line.password());
    }

    private static String result(Future<String> hash) throws BadLine {
        try {
            return hash.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BadLine badLine) {
                throw badLine;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void report(long number, String reason) {
        bad++;
        terminal.clearProgress();
        terminal.err().println("line " + number + ": " + reason);
        terminal.err().flush();
    }

    @Override
    public void close() {
        hashing.shutdownNow();
    }
}
