package dev.authtokens.cli;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Locale;

/**
 * What an import did.
 *
 * @param lines that were not blank
 * @param existing accounts that were there before, or earlier in the file, and were left as they are
 */
@RegisterForReflection
record ImportSummary(long lines, long created, long existing, long bad) {

    String text() {
        String rows = """
                LINES     %,d
                CREATED   %,d
                EXISTING  %,d
                BAD       %,d""";
        return String.format(Locale.ROOT, rows, lines, created, existing, bad);
    }
}
