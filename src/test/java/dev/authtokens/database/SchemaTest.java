package dev.authtokens.database;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class SchemaTest {

    @Inject
    Flyway flyway;

    /** Otherwise a start would take an older schema for the current one. */
    @Test
    void knowsWhichMigrationIsTheLast() {
        assertEquals(Schema.LAST_MIGRATION, flyway.info().current().getScript());
        assertEquals(0, flyway.info().pending().length);
    }
}
