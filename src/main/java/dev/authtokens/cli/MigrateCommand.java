package dev.authtokens.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.flywaydb.core.api.output.MigrateOutput;
import org.flywaydb.core.api.output.MigrateResult;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** Brings the schema up to date, however long that takes. */
@CommandLine.Command(
        name = "migrate",
        description = {
            "Brings the schema of the database up to date, and says what it did.",
            "",
            "It may run several times and several at once. With AUTH_TOKENS_MIGRATE_AT_START=false this is the only way."
        },
        footer = {"%nExample:", "  auth-tokens migrate"})
class MigrateCommand implements Command {

    @Mixin
    Output output;

    /** @param version that the schema is at now */
    @RegisterForReflection
    record Migrated(@JsonProperty("schema_version") String version, List<String> migrated) {}

    @Override
    public void run(Services services, Terminal terminal) {
        MigrateResult result = services.flyway().migrate();
        List<String> versions = result.migrations.stream()
                .map((MigrateOutput done) -> done.version)
                .toList();
        String version = versions.isEmpty() ? result.initialSchemaVersion : versions.get(versions.size() - 1);
        String line = versions.isEmpty()
                ? "Schema is at version " + version + ", nothing to do"
                : "Migrated the schema to version " + version + ": " + String.join(", ", versions);
        output.print(services, terminal, new Migrated(version, versions), line);
    }

    @Override
    public boolean worksOnAnySchema() {
        return true;
    }
}
