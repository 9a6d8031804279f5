package dev.authtokens.cli;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.cli.ImportLine.BadLine;
import dev.authtokens.user.UserImport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes accounts of lines, a thousand in one transaction. What is done stays done: a run that ended early is run again, and
 * passes over the accounts that are there.
 */
class AccountImport implements AutoCloseable {

    private static final int BATCH = 1000;

    private final Services services;
    private final Terminal terminal;
    private final ImportProgress progress;
    private final ExecutorService hashing =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());

    private long lines;
    private long created;
    private long existing;
    private long bad;

    AccountImport(Services services, Terminal terminal, ImportProgress progress) {
        this.services = services;
        this.terminal = terminal;
        this.progress = progress;
    }

    void run(LineReader reader) throws IOException {
        List<ImportLine> batch = new ArrayList<>();
        for (LineReader.Line line = reader.next(); line != null; line = reader.next()) {
            if (isBlank(line)) {
                continue;
            }
            lines++;
            try {
                batch.add(ImportLine.read(line, services.mapper(), services.hasher()));
            } catch (BadLine e) {
                report(line.number(), e.getMessage());
            }
            if (batch.size() == BATCH) {
                write(batch);
                progress.show(lines, reader.position());
                batch.clear();
            }
        }
        write(batch);
        progress.clear();
    }

    ImportSummary summary() {
        return new ImportSummary(lines, created, existing, bad);
    }

    private void write(List<ImportLine> batch) {
        List<UserImport.Row> rows = hashed(batch);
        if (!rows.isEmpty()) {
            int made = services.userImport().insert(rows);
            created += made;
            existing += rows.size() - made;
        }
    }

    /** Passwords of accounts that exist are not hashed: a run that is repeated is fast where it was before. */
    private List<UserImport.Row> hashed(List<ImportLine> batch) {
        List<EmailAddress> toHash = batch.stream()
                .filter(line -> line.password() != null)
                .map(ImportLine::email)
                .toList();
        Set<String> present =
                toHash.isEmpty() ? Set.of() : services.userImport().findExisting(toHash);
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
        var refusal = services.rules().refusal(line.password(), line.email());
        if (refusal.isPresent()) {
            throw new BadLine(refusal.get());
        }
        return services.hasher().hash(line.password());
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
        progress.clear();
        terminal.err().println("line " + number + ": " + reason);
        terminal.err().flush();
    }

    private static boolean isBlank(LineReader.Line line) {
        for (byte next : line.bytes()) {
            if (next != ' ' && next != '\t' && next != '\r') {
                return false;
            }
        }
        return !line.isTooLong();
    }

    @Override
    public void close() {
        hashing.shutdownNow();
    }
}
