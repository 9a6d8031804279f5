package dev.authtokens.cli;

import java.util.Locale;

/** One line on a terminal that grows with the import; nothing where nobody watches. */
class ImportProgress {

    private static final int WIDTH = 40;
    private static final String CLEAR = "\r\u001b[K";

    private final Terminal terminal;
    private final boolean isWatched;
    private final long size;

    /** @param size of the whole in bytes; 0 when it is not known */
    ImportProgress(Terminal terminal, long size) {
        this.terminal = terminal;
        this.isWatched = terminal.isWatched();
        this.size = size;
    }

    void show(long lines, long position) {
        if (isWatched) {
            terminal.err().print(CLEAR + bar(position) + String.format(Locale.ROOT, "%,d lines", lines));
            terminal.err().flush();
        }
    }

    void clear() {
        if (isWatched) {
            terminal.err().print(CLEAR);
            terminal.err().flush();
        }
    }

    private String bar(long position) {
        if (size == 0) {
            return "";
        }
        double part = Math.min(1, (double) position / size);
        int done = (int) (part * WIDTH);
        return "[" + "#".repeat(done) + ".".repeat(WIDTH - done) + "] " + (int) (part * 100) + "% ";
    }
}
