package dev.authtokens.login;

import dev.authtokens.ServiceConfig;
import dev.authtokens.database.BatchedDeletion;
import dev.authtokens.database.DatabaseClock;
import dev.authtokens.database.Schedule;
import dev.authtokens.database.Statements;
import dev.authtokens.user.PasswordChanged;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.PersistenceException;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jboss.logging.Logger;

/**
 * Counts consecutive failed logins by account, for all replicas. An attempt counts as failed before the password is verified,
 * so that parallel guesses do not share one count; each beyond the free ones doubles the delay before the next. Known networks,
 * which logged in lately, have counts of their own, so that others cannot lock the owner out. At most 100 in a row reach the
 * hash (NIST SP 800-63B-4, section 3.2.2), unless 30 days pass without one.
 */
@ApplicationScoped
class AccountFailures {

    /** Most consecutive failures of all unknown clients together; after the last one, the delay is {@link #RETENTION}. */
    static final int MAX_OF_UNKNOWN_CLIENTS = 50;

    /** Most consecutive failures of each known network; one that has reached it counts as unknown. */
    static final int MAX_OF_KNOWN_NETWORK = 10;

    /** Known networks of an account: those of the latest logins. */
    static final int MAX_KNOWN_NETWORKS = 5;

    /** Addresses without an account: those of the latest attempts; some 235 MB with indexes. */
    private static final int MAX_UNKNOWN_ADDRESSES = 1_000_000;

    private static final Logger LOG = Logger.getLogger(AccountFailures.class);
    private static final String UNKNOWN_CLIENTS = "";
    private static final String KIND = "login attempts";
    private static final Duration MIN_DELAY = Duration.ofMillis(100);
    private static final Duration RETENTION = Duration.ofDays(30);

    private static final String RESERVE =
            """
            with attempt (email, digest, network, now, free, longest) as (
                values (?, cast(? as bytea), ?, clock_timestamp(), cast(? as integer), make_interval(secs => ?))
            ), subject as (
                select coalesce((select int8send(id) from users where email_canonical = attempt.email), digest) as account,
                    network, now
                from attempt
            ), counted as (
                select account, now, coalesce((
                    select source from login_attempts known
                    where known.account = subject.account and known.source = network and known.failures < %1$d), '')
                    as counted_source
                from subject
            ), reserved as (
                insert into login_attempts as row (account, source, failures, last_at, open_at)
                select account, counted_source, 1, now, now from counted
                on conflict (account, source) do update
                set failures = row.failures %% %2$d + 1, last_at = excluded.last_at, open_at = excluded.last_at
                    + (select case when row.failures %% %2$d < free then make_interval()
                                   when row.failures + 1 = %2$d then make_interval(hours => %3$d)
                                   else least(longest, make_interval(secs => power(2, least(row.failures - free, 30)))) end
                       from attempt)
                where row.open_at <= excluded.last_at or row.failures <= (select free from attempt)
                returning account, source, failures, open_at
            )
            select true, reserved.*, now from reserved, attempt
            union all
            select false, row.account, row.source, row.failures, row.open_at, now
            from login_attempts row join counted on row.account = counted.account and row.source = counted_source
            where not exists (select from reserved)""".formatted(MAX_OF_KNOWN_NETWORK, MAX_OF_UNKNOWN_CLIENTS, RETENTION.toHours());

    private static final String RESET = """
            with attempt (account, source, counted_source, now) as (
                values (cast(? as bytea), ?, ?, clock_timestamp())
            ), forgotten as (
                delete from login_attempts row using attempt
                where row.account = attempt.account
                  and ((row.source = '' and counted_source = '')
                       or row.source in (
                           select other.source from login_attempts other
                           where other.account = attempt.account and other.source not in ('', attempt.source)
                           order by last_at desc offset %d))
            )
            insert into login_attempts (account, source, failures, last_at, open_at)
            select account, source, 0, now, now from attempt where source <> ''
            on conflict (account, source) do update set failures = 0, last_at = excluded.last_at, open_at = excluded.open_at
            """.formatted(MAX_KNOWN_NETWORKS - 1);

    private static final String WITHDRAW = """
            update login_attempts set failures = failures - 1, open_at = last_at
            where account = ? and source = ? and failures > 0""";

    private static final String RESET_ALL = """
            with unknown_clients as (delete from login_attempts where account = ? and source = '')
            update login_attempts set failures = 0, open_at = last_at where account = ? and source <> ''""";

    private static final String DELETE = """
            delete from login_attempts where (account, source) in (
                select account, source from login_attempts where last_at <= ?%s
                order by last_at limit ? for update skip locked)""";

    /** A SHA-256 digest; the key of an account has 8 bytes. */
    private static final String WITHOUT_ACCOUNT = "length(account) = 32";

    private static final String DELETE_EXPIRED = DELETE.formatted("");
    private static final String DELETE_SURPLUS = DELETE.formatted(" and " + WITHOUT_ACCOUNT);

    /** When the latest of the surplus addresses without an account was attempted; null without a surplus. */
    private static final String SURPLUS = """
            select (select last_at from login_attempts where %s order by last_at desc offset ? limit 1)""".formatted(WITHOUT_ACCOUNT);

    private final Statements statements;
    private final Queue<Reservation> withdrawn = new ConcurrentLinkedQueue<>();
    private final int free;
    private final Duration longestDelay;
    private final BatchedDeletion deletion;
    private final DatabaseClock clock;

    AccountFailures(Statements statements, ServiceConfig config, BatchedDeletion deletion, DatabaseClock clock) {
        this.statements = statements;
        this.free = config.throttle().accountFreeFailures();
        this.longestDelay = config.throttle().accountLongestDelay();
        this.deletion = deletion;
        this.clock = clock;
    }

    /**
     * @param granted whether the password may be verified; the attempt counts as failed from now on
     * @param account key of the account, or digest of an address without one
     * @param source where it counts: the known network, or empty for all unknown clients together
     * @param failures consecutive ones, including this one where it was granted
     * @param delay until the next attempt; zero while there are free failures
     */
    record Reservation(boolean granted, byte[] account, String source, int failures, Duration delay) {}

    /** One round trip, whether the account exists or not. A canonical address without an account counts by its digest. */
    Reservation reserve(String email, byte[] digest, String network) {
        return statements.query(
                RESERVE, row -> read(row, digest), email, digest, network, free, (double) longestDelay.toSeconds());
    }

    private Reservation read(ResultSet row, byte[] digest) throws SQLException {
        if (!row.next()) {
            // The row was inserted, and its free failures used up, by others since this statement began.
            return new Reservation(false, digest, UNKNOWN_CLIENTS, free + 1, MIN_DELAY);
        }
        boolean granted = row.getBoolean(1);
        int failures = row.getInt(4);
        Duration delay = Duration.between(Statements.instant(row, 6), Statements.instant(row, 5));
        boolean isShort = !granted && delay.compareTo(MIN_DELAY) < 0;
        return new Reservation(granted, row.getBytes(2), row.getString(3), failures, isShort ? MIN_DELAY : delay);
    }

    /**
     * Whether the delay is the first and shortest one, of a second. With fewer failures, other attempts used up the free ones while
     * the statement ran.
     */
    boolean isFirstDelay(Reservation refused) {
        return refused.failures() <= free + 1;
    }

    /** The attempt succeeded: resets its failures and makes its network a known one. */
    void reset(Reservation granted, String network) {
        statements.update(RESET, granted.account(), network, granted.source());
    }

    /** The attempt does not count as failed: its outcome is not known. If the database fails, this is repeated every second. */
    void withdraw(Reservation granted) {
        withdrawn.add(granted);
        writeWithdrawn();
    }

    void writeWithdrawn() {
        Reservation next;
        while ((next = withdrawn.poll()) != null) {
            try {
                statements.update(WITHDRAW, next.account(), next.source());
            } catch (PersistenceException e) {
                // The last one, since the database may refuse no other.
                withdrawn.add(next);
                LOG.debug("An attempt that was not carried out counts as a failed login until the database is back", e);
                return;
            }
        }
    }

    /** There is a new password, so earlier failures do not count any more. */
    void resetAll(@Observes PasswordChanged change) {
        byte[] account = key(change.userId());
        statements.update(RESET_ALL, account, account);
    }

    /** As {@code int8send} of PostgreSQL. */
    static byte[] key(long userId) {
        return ByteBuffer.allocate(Long.BYTES).putLong(userId).array();
    }

    void repeat(@Observes Schedule schedule) {
        schedule.everyAndAtStop("withdrawal of login attempts", Duration.ofSeconds(1), this::writeWithdrawn);
        schedule.every("deletion of old login attempts", Duration.ofHours(1), this::deleteExpired);
    }

    void deleteExpired() {
        deletion.run(KIND, DELETE_EXPIRED, clock.read().minus(RETENTION));
        deleteSurplus(MAX_UNKNOWN_ADDRESSES);
    }

    /** Anybody can send any number of addresses. The failures of an account are not deleted for that. */
    void deleteSurplus(int max) {
        deletion.run(KIND, DELETE_SURPLUS, statements.query(SURPLUS, Statements::firstInstant, max));
    }
}
