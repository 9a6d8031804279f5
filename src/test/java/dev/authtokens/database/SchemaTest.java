package dev.authtokens.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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

    /** Such as those of a role, or of a connection that a pooler gave to the service before. */
    @Test
    void migratesWithoutTheTimeLimitsOfRequests() throws Exception {
        Object database = query("select quote_ident(current_database())").get(0);
        List<String> limits = List.of("statement_timeout", "lock_timeout");
        for (String setting : limits) {
            execute("alter database " + database + " set " + setting + " = '1s'");
        }
        execute("delete from auth_tokens_schema_history where version in ('4', '5')");
        for (Object index : query("select indexname from pg_indexes where indexname in ('revocations_by_id',"
                + " 'users_administrators', 'login_attempts_of_unknown', 'audit_events_of_account_and_kind')")) {
            execute("drop index " + index);
        }
        try (Connection other = Postgres.connect(url());
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select pg_advisory_lock(hashtextextended('auth-tokens: migrate', 0))");
            statement.execute("lock table audit_events in row exclusive mode");
            CompletableFuture<Integer> migrated =
                    CompletableFuture.supplyAsync(() -> schema.migrate().migrationsExecuted);
            Thread.sleep(2000);
            statement.execute("select pg_advisory_unlock_all()");
            Postgres.awaitLockWaits(url(), 1);
            Thread.sleep(2000);
            other.commit();
            assertEquals(2, migrated.get());
        } finally {
            // One by one: another setting of this database is the clock of the tests.
            for (String setting : limits) {
                execute("alter database " + database + " reset " + setting);
            }
        }
    }

    /** The test itself is not limited. */
    private static String url() {
        return ServiceDatabase.url() + "?options=-c%20statement_timeout=0%20-c%20lock_timeout=0";
    }

    private static void execute(String sql) {
        Postgres.execute(url(), sql);
    }

    private static List<Object> query(String sql) {
        return Postgres.query(url(), sql);
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
