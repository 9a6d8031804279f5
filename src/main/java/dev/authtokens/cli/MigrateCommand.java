package dev.authtokens.cli;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.flywaydb.core.api.output.MigrateOutput;
import org.flywaydb.core.api.output.MigrateResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** Migrates the schema, without a timeout. */
@Command(
        name = Invocation.MIGRATE,
        description = {
            "Migrates the schema of the database to the version of this executable, and prints what it did.",
            "",
            "It may run again, and several times at once. With AUTH_TOKENS_MIGRATE_AT_START=false nothing else migrates."
        },
        footer = {"%nExample:", "  auth-tokens migrate"})
class MigrateCommand implements Runnable {

    @ParentCommand
    TopCommand top;

    @Mixin
    Output output;

    /** @param schemaVersion that the schema is at now */
    @RegisterForReflection
    record Migrated(String schemaVersion, List<String> migrated) {}

    @Override
    public void run() {
        MigrateResult result = top.context.schema().migrate();
        List<String> versions = result.migrations.stream()
                .map((MigrateOutput done) -> done.version)
                .toList();
        String version = versions.isEmpty() ? result.initialSchemaVersion : versions.get(versions.size() - 1);
        String line = versions.isEmpty()
                ? "Schema is at version " + version + ", nothing to do"
                : "Migrated the schema to version " + version + ": " + String.join(", ", versions);
        output.print(top.context, new Migrated(version, versions), line);
    }
}
