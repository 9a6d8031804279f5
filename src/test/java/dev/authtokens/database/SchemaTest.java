package dev.authtokens.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class SchemaTest {

    @Inject
    Flyway flyway;

    @Inject
    Schema schema;

    /** Otherwise a start would take an older schema for the current one. */
    @Test
    void knowsWhichMigrationIsTheLast() {
        assertEquals(Schema.LAST_MIGRATION, flyway.info().current().getScript());
        assertEquals(0, flyway.info().pending().length);
    }

    /** After a rollback. */
    @Test
    void hasNothingToDoOnTheSchemaOfALaterVersion() {
        Postgres.execute(ServiceDatabase.url(), """
                insert into auth_tokens_schema_history
                select max(installed_rank) + 1, '999', 'later', 'SQL', 'V999__later.sql', 1, 'x', now(), 0, true
                from auth_tokens_schema_history""");
        try {
            assertTrue(schema.isCurrent());
            assertEquals(0, schema.migrate().migrationsExecuted);
        } finally {
            Postgres.execute(ServiceDatabase.url(), "delete from auth_tokens_schema_history where version = '999'");
        }
    }

    /** A new version of the operating system may order text differently, which breaks such an index. */
    @Test
    void indexesNoTextInTheOrderOfTheOperatingSystem() {
        assertEquals(List.of(), Postgres.query(ServiceDatabase.url(), """
                        select i.indexrelid::regclass::text || '.' || a.attname
                        from pg_index i
                        join pg_class t on t.oid = i.indrelid
                        join pg_attribute a on a.attrelid = i.indexrelid
                        where t.relnamespace = 'public'::regnamespace and t.relname not like 'flyway%'
                          and a.attcollation not in (select oid from pg_collation where collname = 'C')
                          and a.attcollation <> 0"""));
    }
}
