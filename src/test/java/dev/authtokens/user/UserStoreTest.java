package dev.authtokens.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.AtOnce;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.LogRecords;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import io.agroal.api.AgroalDataSource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class UserStoreTest {

    @Inject
    AgroalDataSource pool;

    @Inject
    UserStore users;

    @BeforeEach
    void removeAccounts() {
        Postgres.execute(ServiceDatabase.url(), "truncate users cascade");
    }

    @Test
    void keepsTheLastAdministrator() {
        long last = id(Accounts.create(Role.ADMIN, null));
        long user = id(Accounts.create());
        assertThrows(Problem.class, () -> users.delete(last));
        assertThrows(Problem.class, () -> users.modify(last, UserChange.ofRole(Role.SERVICE)));
        users.modify(last, UserChange.ofRole(Role.ADMIN));
        users.delete(user);
        assertThrows(Problem.class, () -> users.delete(user));
    }

    @Test
    void keepsTheLastAdministratorThatHasNotExpired() {
        long last = id(Accounts.create(Role.ADMIN, null));
        long expired = id(Accounts.create(Role.ADMIN, Instant.now().minusSeconds(60)));
        assertFalse(succeeds(() -> users.delete(last)));
        assertFalse(succeeds(() -> users.modify(last, UserChange.ofRole(Role.USER))));
        assertFalse(succeeds(() -> users.modify(last, expiringIn(-60))));
        assertTrue(succeeds(() -> users.modify(last, expiringIn(3600))));
        assertFalse(succeeds(() -> users.delete(last)));
        assertTrue(succeeds(() -> users.modify(expired, expiringIn(-120))));
        assertTrue(succeeds(() -> users.modify(expired, UserChange.ofExpiry(Expiry.NEVER))));
        assertTrue(succeeds(() -> users.modify(last, expiringIn(-60))));
        assertTrue(succeeds(() -> users.delete(last)));
        assertFalse(succeeds(() -> users.delete(expired)));
    }

    @Test
    void findsTheAdministratorsAmongManyAccountsByTheIndex() {
        Accounts.create(Role.ADMIN, null);
        long other = id(Accounts.create(Role.ADMIN, null));
        Postgres.execute(ServiceDatabase.url(), """
                insert into users (email, email_canonical, password_hash, role, created_at)
                select n || '@example.com', n || '@example.com', '', 'USER', now() from generate_series(1, 2000) n""");
        Postgres.execute(ServiceDatabase.url(), "analyze users");
        long before = scansOfAdministrators();
        users.delete(other);
        // PostgreSQL counts what a session did when it ends.
        pool.flush(AgroalDataSource.FlushMode.GRACEFUL);
        Await.until("not by the index", () -> scansOfAdministrators() > before);
        Postgres.execute(ServiceDatabase.url(), "delete from users where password_hash = ''");
    }

    @Test
    void anAdministratorWhoExpiredDuringTheWaitDoesNotCount() throws Exception {
        long removed = id(Accounts.create(Role.ADMIN, null));
        String other = Accounts.create(Role.ADMIN, null);
        try (Connection holder = Postgres.connect(ServiceDatabase.url());
                Statement lock = holder.createStatement()) {
            holder.setAutoCommit(false);
            lock.execute("select pg_advisory_xact_lock(hashtextextended('auth-tokens: remove an administrator', 0))");
            CompletableFuture<Boolean> deletion =
                    CompletableFuture.supplyAsync(() -> succeeds(() -> users.delete(removed)));
            Postgres.awaitLockWaits(ServiceDatabase.url(), 1);
            Postgres.execute(
                    ServiceDatabase.url(),
                    "update users set expires_at = clock_timestamp() + interval '10 ms' where email = ?",
                    other);
            Thread.sleep(50);
            holder.commit();
            assertFalse(deletion.join());
        }
    }

    /** Which may take long where the account has many tokens. */
    @Test
    void theDeletionOfAnotherAccountLocksNoAdministrator() throws Exception {
        long administrator = id(Accounts.create(Role.ADMIN, null));
        String email = Accounts.create();
        Accounts.token(email);
        long user = id(email);
        try (Connection other = Postgres.connect(ServiceDatabase.url());
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("select from auth_tokens for update");
            CompletableFuture<Void> deletion = CompletableFuture.runAsync(() -> users.delete(user));
            Postgres.awaitLockWaits(ServiceDatabase.url(), 1);
            assertEquals(
                    List.of(administrator), query("select id from users where role = 'ADMIN' for update skip locked"));
            other.rollback();
            deletion.join();
        }
    }

    private static long scansOfAdministrators() {
        return (Long) Postgres.query(
                        ServiceDatabase.url(),
                        "select idx_scan from pg_stat_user_indexes where indexrelname = 'users_administrators'")
                .get(0);
    }

    @Test
    void recordsNoChangeWhereNothingWasToChange() {
        EmailAddress email = address(Accounts.create());
        UserChange nothing = new UserChange(Optional.empty(), Optional.empty(), Optional.empty());
        assertEquals(
                email.displayForm(),
                users.modify(id(email.displayForm()), nothing).email());
        assertEquals(
                List.of(),
                Postgres.query(
                        ServiceDatabase.url(), "select detail from audit_events where account = ?", email.canonical()));
        assertThrows(Problem.class, () -> users.modify(0, nothing));
    }

    /** What counts them would be restored with a backup, and then give away again those of accounts created after it. */
    @Test
    void doesNotCountIdsUp() {
        assertEquals(Arrays.asList((Object) null), query("select pg_get_serial_sequence('users', 'id')"));
        long one = id(Accounts.create());
        long next = id(Accounts.create());
        assertTrue(one > 0 && next > 0);
        assertTrue(Math.max(one, next) < 1L << 53, "JSON numbers hold no more");
        assertTrue(Math.abs(one - next) > 1000);
    }

    private static List<Object> query(String sql) {
        return Postgres.query(ServiceDatabase.url(), sql);
    }

    /** Only of the address; anything else that the database refuses is a fault. */
    @Test
    void takesNoOtherViolationForAnAccountThatExists() {
        Postgres.execute(
                ServiceDatabase.url(),
                "alter table users add constraint of_test check (email <> 'refused@example.com')");
        try {
            EmailAddress email = address("refused@example.com");
            assertThrows(
                    ConstraintViolationException.class, () -> users.create(email, "hash", Role.USER, Expiry.NEVER));
        } finally {
            Postgres.execute(ServiceDatabase.url(), "alter table users drop constraint of_test");
        }
    }

    @Test
    void logsASuccessWhenItIsCommittedOnly() {
        long user = id(Accounts.create());
        UserChange change = expiringIn(3600);
        try (LogRecords log = new LogRecords()) {
            assertThrows(
                    IllegalStateException.class,
                    () -> QuarkusTransaction.requiringNew().run(() -> {
                        users.modify(user, change);
                        throw new IllegalStateException("rolls back");
                    }));
            assertEquals(List.of(), log.of("audit"));
            users.modify(user, change);
            assertEquals(1, log.of("audit").size());
        }
    }

    @Test
    void oneOfTwoAdministratorsStaysWhenBothAreRemovedAtOnce() {
        for (int i = 0; i < 10; i++) {
            long one = id(Accounts.create(Role.ADMIN, null));
            long other = id(Accounts.create(Role.ADMIN, null));
            List<Boolean> removed = AtOnce.all(List.of(
                    () -> succeeds(() -> users.delete(one)),
                    () -> succeeds(() -> users.modify(other, UserChange.ofRole(Role.USER)))));
            assertEquals(List.of(false, true), removed.stream().sorted().toList());
            removeAccounts();
        }
    }

    @Test
    void aChangeOfTheAddressDoesNotBringBackAnOldPassword() {
        for (int i = 0; i < 20; i++) {
            EmailAddress email = address(Accounts.create());
            Account account = users.findAccount(email).orElseThrow();
            EmailAddress renamed = address("renamed-" + email.canonical());
            UserChange rename = new UserChange(Optional.of(renamed), Optional.empty(), Optional.empty());
            AtOnce.all(List.of(
                    () -> users.modify(account.id(), rename), () -> users.changePassword(account, "new hash", null)));
            assertEquals("new hash", users.findAccount(renamed).orElseThrow().passwordHash());
        }
    }

    @Test
    void makesTheFirstAdministratorOnce() {
        EmailAddress email = address("first@example.com");
        List<Boolean> made = AtOnce.times(2, () -> users.createFirstAdministrator(email, "hash"));
        assertEquals(List.of(false, true), made.stream().sorted().toList());
        assertFalse(users.isEmpty());
    }

    private static boolean succeeds(Runnable removal) {
        try {
            removal.run();
            return true;
        } catch (Problem lastAdministrator) {
            assertEquals(ProblemCode.INVALID_INPUT, lastAdministrator.code());
            return false;
        }
    }

    private static UserChange expiringIn(int seconds) {
        return UserChange.ofExpiry(Instant.now().plusSeconds(seconds));
    }

    private long id(String email) {
        return users.findAccount(address(email)).orElseThrow().id();
    }

    private static EmailAddress address(String email) {
        return EmailAddress.parse(email).orElseThrow();
    }
}
