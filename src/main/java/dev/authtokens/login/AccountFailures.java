package dev.authtokens.login;

import dev.authtokens.Purge;
import dev.authtokens.ServiceConfig;
import dev.authtokens.Statements;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Counts failed logins in a row, by account and across replicas. An attempt is counted as failed before it is looked at,
 * and forgiven when it proves good: so guesses at the same moment do not share one turn. After the free ones each failure
 * doubles the time until the next attempt.
 *
 * <p>Sources that logged in to the account lately count for themselves, so that nobody else shuts the door for them; one
 * that has used up {@link #MAX_OF_SOURCE} counts as a stranger. All together, no more than 100 failures in a row ever reach
 * the hash (NIST SP 800-63B-4, section 3.2.2), unless 30 days pass without an attempt.
 */
@ApplicationScoped
class AccountFailures {

    /** Most failures in a row of all that did not log in lately, together. */
    static final int MAX_OF_STRANGERS = 50;

    /** Most failures in a row of each source that did. */
    static final int MAX_OF_SOURCE = 10;

    /** Most sources that are remembered for an account: those of the latest logins. */
    static final int MAX_SOURCES = 5;

    private static final String STRANGERS = "";
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration MEMORY = Duration.ofDays(30);

    private static final String RESERVE = """
            with asked (account, source, now, free, longest) as (
                values (cast(? as bytea), ?, cast(? as timestamptz), cast(? as integer), make_interval(secs => ?))
            ), counted as (
                select asked.*, coalesce((
                    select source from login_attempts known
                    where known.account = asked.account and known.source = asked.source and known.failures < %d), '') as line
                from asked
            ), reserved as (
                insert into login_attempts as row (account, source, failures, last_at, open_at)
                select account, line, 1, now, now from counted
                on conflict (account, source) do update
                set failures = row.failures + 1, last_at = excluded.last_at, open_at = excluded.last_at
                    + (select case when row.failures < free then make_interval()
                                   else least(longest, make_interval(secs => power(2, least(row.failures - free, 30)))) end
                       from asked)
                where row.open_at <= excluded.last_at and row.failures < %d
                returning source, failures, open_at
            )
            select true, reserved.* from reserved
            union all
            select false, row.source, row.failures, row.open_at
            from login_attempts row join counted on row.account = counted.account and row.source = line
            where not exists (select from reserved)""".formatted(MAX_OF_SOURCE, MAX_OF_STRANGERS);

    private static final String REMEMBER = """
            with asked (account, source, line, now) as (
                values (cast(? as bytea), ?, ?, cast(? as timestamptz))
            ), forgotten as (
                delete from login_attempts row using asked
                where row.account = asked.account
                  and ((row.source = '' and line = '')
                       or row.source in (
                           select other.source from login_attempts other
                           where other.account = asked.account and other.source not in ('', asked.source)
                           order by last_at desc offset %d))
            )
            insert into login_attempts (account, source, failures, last_at, open_at)
            select account, source, 0, now, now from asked where source <> ''
            on conflict (account, source) do update set failures = 0, last_at = excluded.last_at, open_at = excluded.open_at
            """.formatted(MAX_SOURCES - 1);

    private static final String FORGIVE = """
            with strangers as (delete from login_attempts where account = ? and source = '')
            update login_attempts set failures = 0, open_at = last_at where account = ? and source <> ''""";

    private static final String PURGE = """
            delete from login_attempts where (account, source) in (
                select account, source from login_attempts where last_at <= ?
                order by last_at limit ? for update skip locked)""";

    private final Statements statements;
    private final int free;
    private final Duration longestDelay;
    private final Purge purge;
    private final Clock clock;

    AccountFailures(Statements statements, ServiceConfig config, Purge purge, Clock clock) {
        this.statements = statements;
        this.free = config.throttle().accountFreeFailures();
        this.longestDelay = config.throttle().accountLongestDelay();
        this.purge = purge;
        this.clock = clock;
    }

    /**
     * What became of the wish to try a password.
     *
     * @param granted whether it may be tried; it counts as a failure from now on
     * @param line where it counts: the source, or empty for all strangers together
     * @param failures in a row, with this one where it was granted
     * @param closed how long no other attempt is granted; zero while there are free ones
     */
    record Reservation(boolean granted, String line, int failures, Duration closed) {}

    /** One round trip, whether there is such an account or not. */
    Reservation reserve(byte[] account, String source) {
        Instant now = Instant.now(clock).truncatedTo(ChronoUnit.MICROS);
        return statements.query(
                RESERVE, row -> read(row, now), account, source, now, free, (double) longestDelay.toSeconds());
    }

    private Reservation read(ResultSet row, Instant now) throws SQLException {
        if (!row.next()) {
            // The row was not there when the statement began, and is closed since.
            return new Reservation(false, STRANGERS, free + 1, SHORTEST);
        }
        boolean granted = row.getBoolean(1);
        int failures = row.getInt(3);
        Duration closed =
                failures >= MAX_OF_STRANGERS ? longestDelay : Duration.between(now, Statements.instant(row, 4));
        return new Reservation(
                granted, row.getString(2), failures, granted || closed.compareTo(SHORTEST) > 0 ? closed : SHORTEST);
    }

    /**
     * Whether the delay after these failures is the first and shortest one, of a second. Fewer failures than that mean that
     * others took the free turns while the statement ran.
     */
    boolean isFirstDelay(Reservation refused) {
        return refused.failures() <= free + 1;
    }

    /** The attempt proved good: its failures are forgiven, and the source is remembered. */
    void remember(byte[] account, String source, Reservation granted) {
        statements.update(REMEMBER, account, source, granted.line(), Instant.now(clock));
    }

    /** There is a new password: what was guessed before does not count any more. */
    void forgive(byte[] account) {
        statements.update(FORGIVE, account, account);
    }

    @Scheduled(every = "1h", delayed = "20s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void purge() {
        Instant oldest = Instant.now(clock).minus(MEMORY);
        purge.run("login attempts", from -> Purge.Batch.of(statements.update(PURGE, oldest, Purge.BATCH)));
    }
}
