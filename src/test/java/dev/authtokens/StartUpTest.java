package dev.authtokens;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class StartUpTest {

    @Inject
    Flyway flyway;

    /** Else a start would take an older schema for the current one. */
    @Test
    void knowsWhichMigrationIsTheLast() {
        assertEquals(
                StartUp.SCHEMA_VERSION, flyway.info().current().getVersion().toString());
        assertEquals(0, flyway.info().pending().length);
    }
}
