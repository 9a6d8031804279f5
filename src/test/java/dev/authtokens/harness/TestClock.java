package dev.authtokens.harness;

import dev.authtokens.database.DatabaseClock;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * The clocks of a test: PostgreSQL's and, as this bean, that of the machine of the service. Both run as usual; time passes on
 * both, or the machine's own jumps.
 */
@Alternative
@Priority(1)
@ApplicationScoped
public class TestClock extends Clock {

    /** Is found before the function of PostgreSQL itself. */
    private static final String MOVABLE_FUNCTION = """
            create schema tests;
            create table tests.clock (ahead interval not null, stopped_at timestamptz);
            insert into tests.clock values ('0', null);
            create function tests.clock_timestamp() returns timestamptz language sql volatile
                as 'select coalesce(stopped_at, pg_catalog.clock_timestamp()) + ahead from tests.clock';
            do 'begin
                execute format(''alter database %I set search_path = public, tests, pg_catalog'', current_database());
            end'""";

    private final DatabaseClock database;
    private volatile Duration passed = Duration.ZERO;
    private volatile Duration jumped = Duration.ZERO;

    TestClock(DatabaseClock database) {
        this.database = database;
    }

    /** Makes the clock of this database movable. */
    static void install(String url) {
        Postgres.execute(url, MOVABLE_FUNCTION);
    }

    /** From now on time passes in the database by {@link #moveOn} only, however long a test takes. */
    public void stop() {
        Postgres.execute(ServiceDatabase.url(), "update tests.clock set stopped_at = pg_catalog.clock_timestamp()");
    }

    /** Time passes, for everybody. */
    public void moveOn(Duration by) {
        setDatabase(passed.plus(by));
    }

    /** Only the clock of the machine of the service changes. */
    public void jump(Duration by) {
        jumped = jumped.plus(by);
    }

    public void reset() {
        jumped = Duration.ZERO;
        Postgres.execute(ServiceDatabase.url(), "update tests.clock set stopped_at = null");
        setDatabase(Duration.ZERO);
    }

    private void setDatabase(Duration ahead) {
        passed = ahead;
        Postgres.execute(ServiceDatabase.url(), "update tests.clock set ahead = make_interval(secs => ?)", (double)
                ahead.toSeconds());
        // The service does so several times a second.
        database.read();
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(passed).plus(jumped);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
