package dev.authtokens.cli;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * What an import did.
 *
 * @param lines that were not blank
 * @param existing accounts that were there before, or earlier in the file, and were left as they are
 */
@RegisterForReflection
record ImportSummary(long lines, long created, long existing, long bad) {

    String text() {
        return """
                LINES     %,d
                CREATED   %,d
                EXISTING  %,d
                BAD       %,d""".formatted(lines, created, existing, bad);
    }
}
