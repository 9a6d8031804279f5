package dev.authtokens.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.access.Caller;
import dev.authtokens.database.DatabaseClock;
import dev.authtokens.database.Outage;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.LogRecords;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import dev.authtokens.harness.TestClock;
import dev.authtokens.user.Account;
import dev.authtokens.user.UserStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.hibernate.orm.panache.Panache;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(TokenStoreTest.LimitedLife.class)
@WithTestResource(ServiceDatabase.class)
class TokenStoreTest {

    public static class LimitedLife implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "auth-tokens.token.lifespan", "10D",
                    "auth-tokens.token.idle-timeout", "P2D",
                    "auth-tokens.token.unused-lifespan", "24H",
                    "auth-tokens.cache.outage-grace", "PT1M");
        }
    }

    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Inject
    TokenStore tokens;

    @Inject
    LastUse lastUse;

    @Inject
    TokenPurge purge;

    @Inject
    UserStore users;

    @Inject
    MeterRegistry metrics;

    @Inject
    TestClock clock;

    @Inject
    Outage outage;

    private String email;
    private long userId;

    @BeforeEach
    void makeAccount() {
        email = Accounts.create();
        userId = (Long) query("select id from users where email = ?", email).get(0);
    }

    @AfterEach
    void resetClock() {
        clock.reset();
        Postgres.execute(ServiceDatabase.url(), "truncate auth_tokens");
    }

    @Test
    void resolvesToTheAccountAndThePublicId() {
        Caller caller = resolve(issue()).orElseThrow();
        assertEquals(userId, caller.userId());
        assertEquals(email, caller.email());
        assertEquals(List.of(caller.tokenId()), query("select id from auth_tokens where user_id = ?", userId));
    }

    /** Readings of the revocation log end what is said to be an outage here. */
    @Test
    void acceptsAKnownTokenWhileTheDatabaseCannotBeReached() {
        TokenSecret known = issue();
        TokenSecret neverRead = TokenSecret.generate(new SecureRandom());
        assertTrue(verify(known).staleFor().isEmpty());
        Await.until("not accepted as it was last read", () -> {
            outage.set(true);
            return verify(known).staleFor().isPresent();
        });
        outage.set(true);
        assertTrue(resolve(neverRead).isEmpty());
        Await.until("accepted so afterwards", () -> verify(known).staleFor().isEmpty());
    }

    @Test
    void failsWhereTheDatabaseRefusesAToken() {
        TokenSecret unknown = TokenSecret.generate(new SecureRandom());
        Postgres.execute(ServiceDatabase.url(), "alter table auth_tokens rename to restored");
        try {
            assertThrows(CompletionException.class, () -> resolve(unknown));
        } finally {
            Postgres.execute(ServiceDatabase.url(), "alter table restored rename to auth_tokens");
        }
    }

    @Test
    void knowsNoTokenThatItDidNotIssue() {
        assertTrue(resolve(TokenSecret.generate(new SecureRandom())).isEmpty());
    }

    @Test
    void issuesNothingAfterAChangeOfPassword() {
        String verified = Accounts.hashOf(email);
        Accounts.setHash(email, "changed meanwhile");
        assertTrue(tokens.issue(account(verified)).isEmpty());
        assertEquals(List.of(), query("select id from auth_tokens where user_id = ?", userId));
    }

    /** So that a change of the password, which ends what was issued before, waits for what is being issued. */
    @Test
    void holdsTheAccountUntilTheTokenIsStored() {
        String lockOfAChange = "select 1 from users where email = ? for no key update nowait";
        QuarkusTransaction.requiringNew().run(() -> {
            issue();
            assertThrows(IllegalStateException.class, () -> query(lockOfAChange, email));
        });
        query(lockOfAChange, email);
    }

    @Test
    void endsUnusedTokens() {
        TokenSecret unused = issue();
        clock.moveOn(Duration.ofDays(1).minus(MINUTE));
        TokenSecret other = issue();
        clock.moveOn(MINUTE);
        assertFalse(isValid(unused));
        assertTrue(isValid(other));
    }

    @Test
    void endsIdleTokens() {
        TokenSecret token = issue();
        assertTrue(isValid(token));
        clock.moveOn(Duration.ofDays(2).minus(MINUTE));
        assertTrue(isValid(token));
        clock.moveOn(Duration.ofDays(2));
        assertFalse(isValid(token));
    }

    @Test
    void endsIdleTokensAlsoWhenTheLastUseIsReadFromTheDatabase() {
        TokenSecret token = issue();
        assertTrue(isValid(token));
        lastUse.write();
        clock.moveOn(Duration.ofDays(2).minus(MINUTE));
        assertTrue(isValid(token));
        lastUse.write();
        clock.moveOn(Duration.ofDays(2));
        assertFalse(isValid(token));
    }

    @Test
    void endsOldTokensHoweverMuchTheyAreUsed() {
        TokenSecret token = issue();
        for (int day = 0; day < 10; day++) {
            assertTrue(isValid(token), "day " + day);
            clock.moveOn(Duration.ofDays(1));
        }
        assertFalse(isValid(token));
    }

    @Test
    void aRefusedTokenIsNotUsed() {
        TokenSecret token = issue();
        clock.moveOn(Duration.ofDays(1));
        assertFalse(isValid(token));
        lastUse.write();
        assertNull(lastUsedAt());
    }

    @Test
    void writesTheLatestUseInOneBatch() {
        TokenSecret token = issue();
        isValid(token);
        clock.moveOn(Duration.ofHours(3));
        isValid(token);
        assertNull(lastUsedAt());
        Instant before = clock.instant();
        lastUse.write();
        Instant written = lastUsedAt();
        assertNotNull(written);
        assertTrue(Duration.between(written, before).abs().compareTo(MINUTE) < 0, written + " is not " + before);

        lastUse.write();
        assertEquals(written, lastUsedAt());
    }

    @Test
    void anEarlierUseOfAnotherReplicaDoesNotOverwriteALaterOne() {
        isValid(issue());
        // The database rounds what is shorter than a microsecond.
        Instant later = Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.MICROS);
        Postgres.execute(ServiceDatabase.url(), "update auth_tokens set last_used_at = ?", Timestamp.from(later));
        lastUse.write();
        assertEquals(later, lastUsedAt());
    }

    @Test
    void showsAsManySessionsAsThereAreBesideNewerExpiredOnes() {
        TokenSecret used = issue();
        clock.moveOn(MINUTE);
        issue();
        isValid(used);
        clock.moveOn(Duration.ofDays(1));
        assertTrue(isValid(used));
        List<TokenView> listed = tokens.list(userId, null, null, 1);
        assertEquals(1, listed.size());
        assertNotNull(listed.get(0).lastUsed());
    }

    @Test
    void keepsNoExpiredSessionInMemoryForAList() {
        Postgres.execute(ServiceDatabase.url(), """
                insert into auth_tokens (digest, id, user_id, created_at)
                select sha256(n::text::bytea), gen_random_uuid(), ?, now() - interval '36 hours'
                from generate_series(1, 500) n""", userId);
        QuarkusTransaction.requiringNew().run(() -> {
            assertEquals(List.of(), tokens.list(userId, null, null, 10));
            assertEquals(0, Panache.getSession().getStatistics().getEntityCount());
        });
    }

    @Test
    void purgesTheExpiredTokensAndNoOthers() {
        TokenSecret unused = issue();
        TokenSecret idle = issue();
        TokenSecret used = issue();
        isValid(idle);
        isValid(used);
        lastUse.write();
        clock.moveOn(Duration.ofHours(36));
        isValid(used);
        lastUse.write();
        clock.moveOn(Duration.ofHours(12).plus(MINUTE));
        purge.purge();
        assertEquals(2, count());
        clock.moveOn(Duration.ofDays(1));
        TokenSecret fresh = issue();
        purge.purge();
        assertEquals(2, count());
        assertFalse(isValid(unused));
        assertFalse(isValid(idle));
        assertTrue(isValid(used));
        assertTrue(isValid(fresh));
        clock.moveOn(Duration.ofDays(30));
        purge.purge();
        assertEquals(0, count());
    }

    @Test
    void aTokenOfAProgramExpiresByItsOwnLifespanToo() {
        Account account = account(Accounts.hashOf(email));
        TokenSecret program =
                tokens.issue(account, "backup job", Duration.ofHours(1)).orElseThrow();
        TokenSecret login = issue();
        assertEquals(
                List.of("backup job"),
                tokens.list(userId, null, null, 10).stream()
                        .filter(token -> token.name() != null)
                        .map(TokenView::name)
                        .toList());
        clock.moveOn(Duration.ofMinutes(59));
        assertTrue(isValid(program));
        clock.moveOn(Duration.ofMinutes(2));
        assertFalse(isValid(program));
        assertTrue(isValid(login));
        assertEquals(1, tokens.list(userId, null, null, 10).size());
        purge.purge();
        assertEquals(1, count());
    }

    @Test
    void keepsATokenWhoseLastUseAnotherReplicaMayStillHaveToWrite() {
        TokenSecret token = issue();
        clock.moveOn(Duration.ofDays(1).plus(TokenPurge.MARGIN).minus(MINUTE));
        purge.purge();
        assertEquals(1, count());
        assertFalse(isValid(token));
    }

    @Test
    void purgesATokenPastItsLifespanAtOnce() {
        TokenSecret token = issue();
        for (int day = 0; day < 10; day++) {
            isValid(token);
            clock.moveOn(Duration.ofDays(1));
        }
        lastUse.write();
        purge.purge();
        assertEquals(0, count());
    }

    /** Its row was deleted as that of an expired one, by a replica that did not know of its last uses. */
    @Test
    void dropsACachedTokenThatIsNotInTheDatabaseWhenItIsLoggedOut() throws SQLException {
        TokenSecret token = issue();
        Caller caller = resolve(token).orElseThrow();
        deleteAsExpired();
        // It was not cached if the revocation log was not read in time.
        while (!isValid(token)) {
            token = issue();
            caller = resolve(token).orElseThrow();
            deleteAsExpired();
        }
        assertFalse(tokens.logOut(caller));
        assertFalse(isValid(token));
    }

    private static void deleteAsExpired() throws SQLException {
        try (Connection replica = Postgres.connect(ServiceDatabase.url());
                Statement statement = replica.createStatement()) {
            statement.execute("set auth_tokens.deletes_expired = 'on'");
            statement.execute("delete from auth_tokens");
        }
    }

    @Test
    void purgesMoreThanOneBatch() {
        insertExpired(2500, 1);
        TokenSecret good = issue();
        purge.purge();
        assertEquals(1, count());
        assertTrue(isValid(good));
    }

    /** Where a batch would end among them. */
    @Test
    void purgesTokensOfOneMoment() {
        insertExpired(1000, 250);
        purge.purge();
        assertEquals(0, count());
    }

    @Test
    void purgesWhatAnotherHeldTheNextTime() throws SQLException {
        insertExpired(300, 1);
        try (Connection writer = Postgres.connect(ServiceDatabase.url());
                Statement lock = writer.createStatement()) {
            writer.setAutoCommit(false);
            lock.execute("update auth_tokens set last_used_at = created_at where digest = sha256('7'::bytea)");
            purge.purge();
            assertEquals(1, count());
            writer.commit();
        }
        purge.purge();
        assertEquals(0, count());
    }

    /** @param perSecond so many were issued at the same moment */
    private void insertExpired(int number, int perSecond) {
        Postgres.execute(
                ServiceDatabase.url(),
                "insert into auth_tokens (digest, id, user_id, created_at)"
                        + " select sha256(n::text::bytea), gen_random_uuid(), ?, now() - interval '11 days' - n / ? * interval '1 second'"
                        + " from generate_series(1, ?) n",
                userId,
                perSecond,
                number);
    }

    @Test
    void purgesWhatIsScatteredAmongTokensInUse() {
        Postgres.execute(
                ServiceDatabase.url(),
                "insert into auth_tokens (digest, id, user_id, created_at, last_used_at)"
                        + " select sha256(n::text::bytea), gen_random_uuid(), ?, now() - interval '5 days' + n * interval '1 second',"
                        + " case when n % 2 = 0 then now() end"
                        + " from generate_series(1, 3500) n",
                userId);
        purge.purge();
        assertEquals(1750, count());
        assertEquals(
                List.of(0L),
                query("select count(*) from auth_tokens where user_id = ? and last_used_at is null", userId));
    }

    /** Whose last uses are written meanwhile: that locks the tokens in the order of their digests. */
    @Test
    void deletesAnAccountWithoutADeadlock() throws Exception {
        Postgres.execute(
                ServiceDatabase.url(),
                "insert into auth_tokens (digest, id, user_id, created_at) values"
                        + " (decode(repeat('00', 32), 'hex'), '00000000-0000-0000-0000-000000000002', ?, now()),"
                        + " (decode(repeat('ff', 32), 'hex'), '00000000-0000-0000-0000-000000000001', ?, now())",
                userId,
                userId);
        try (Connection writer = Postgres.connect(ServiceDatabase.url());
                Statement lock = writer.createStatement()) {
            writer.setAutoCommit(false);
            lock.execute("select from auth_tokens where digest = decode(repeat('00', 32), 'hex') for update");
            CompletableFuture<Void> deleted = CompletableFuture.runAsync(() -> users.delete(userId));
            Postgres.awaitLockWaits(ServiceDatabase.url(), 1);
            lock.execute("select from auth_tokens where digest = decode(repeat('ff', 32), 'hex') for update");
            writer.commit();
            deleted.get();
        }
        assertEquals(0, count());
    }

    /** On one replica; the others and the database know better. */
    @ParameterizedTest
    @ValueSource(strings = {"P30D", "-P30D"})
    void aMachineWhoseClockIsWrongNeitherRefusesNorDeletes(Duration jump) {
        TokenSecret token = issue();
        // After an earlier test that moved the clocks.
        awaitClockOffset(0);
        try (LogRecords log = new LogRecords()) {
            clock.jump(jump);
            Await.until(
                    "the difference is not logged",
                    () -> log.of(DatabaseClock.class).stream()
                            .anyMatch(line -> line.text().contains("clock of this machine")));
        }
        awaitClockOffset(-jump.toSeconds());
        assertTrue(isValid(token));
        purge.purge();
        assertEquals(1, tokens.list(userId, null, null, 1).size());
        lastUse.write();
        assertTrue(Duration.between(lastUsedAt(), Instant.now()).abs().compareTo(MINUTE) < 0);
        assertTrue(isValid(issue()));
        clock.reset();
        assertTrue(isValid(token));
    }

    @Test
    void lockedTokensKeepOnlyTheirOwnLastUsesFromBeingWritten() throws SQLException {
        lastUse.write();
        Postgres.execute(ServiceDatabase.url(), "delete from auth_tokens where user_id = ?", userId);
        Postgres.execute(ServiceDatabase.url(), """
                insert into auth_tokens (digest, id, user_id, created_at)
                select sha256(n::text::bytea), gen_random_uuid(), ?, now() from generate_series(1, 5000) n""", userId);
        List<Object> digests =
                Postgres.query(ServiceDatabase.url(), "select digest from auth_tokens where user_id = ?", userId);
        digests.forEach(digest -> lastUse.record((byte[]) digest, Instant.now()));
        try (Connection other = Postgres.connect(ServiceDatabase.url());
                PreparedStatement lock =
                        other.prepareStatement("select from auth_tokens where digest = ? for update")) {
            other.setAutoCommit(false);
            // Some of each batch.
            for (int i = 0; i < 100; i++) {
                lock.setObject(1, digests.get(i));
                lock.execute();
            }
            lastUse.write();
            assertEquals(4900L, countUsed());
            other.rollback();
        }
        lastUse.write();
        assertEquals(5000L, countUsed());
    }

    @Test
    void revokesAnyNumberOfTokensOfAnAccount() {
        TokenSecret kept = issue();
        int others = 2 * TokenQueries.READ_BATCH + 1;
        Postgres.execute(ServiceDatabase.url(), """
                insert into auth_tokens (digest, id, user_id, created_at)
                select sha256(n::text::bytea), gen_random_uuid(), ?, now() from generate_series(1, ?) n""", userId, others);
        UUID id = tokens.verify(kept)
                .toCompletableFuture()
                .join()
                .orElseThrow()
                .owner()
                .tokenId();
        int before = tokens.list(userId, null, null, others + 100).size();
        assertEquals(before - 1, tokens.revokeAll(userId, email, id));
        assertTrue(isValid(kept));
    }

    private long countUsed() {
        return (Long) Postgres.query(
                        ServiceDatabase.url(), "select count(last_used_at) from auth_tokens where user_id = ?", userId)
                .get(0);
    }

    private void awaitClockOffset(long seconds) {
        Await.until(
                "The clocks are not " + seconds + " seconds apart",
                () -> Math.abs(metrics.get("auth_tokens.clock.offset").gauge().value() - seconds) < 3);
    }

    @Test
    void revokesOnce() {
        Caller caller = resolve(issue()).orElseThrow();
        assertTrue(tokens.logOut(caller));
        assertFalse(tokens.logOut(caller));
    }

    @Test
    void revokesNothingOfOthers() {
        Caller caller = resolve(issue()).orElseThrow();
        assertFalse(tokens.logOut(with(caller, userId + 1, caller.tokenId())));
        assertFalse(tokens.logOut(with(caller, userId, UUID.randomUUID())));
        assertEquals(1, count());
    }

    private static Caller with(Caller caller, long userId, UUID tokenId) {
        return new Caller(userId, caller.email(), caller.role(), caller.createdAt(), caller.expiresAt(), tokenId);
    }

    private Account account(String verifiedHash) {
        return new Account(userId, email, verifiedHash, null, null, null);
    }

    private TokenSecret issue() {
        return tokens.issue(account(Accounts.hashOf(email))).orElseThrow();
    }

    private boolean isValid(TokenSecret token) {
        return resolve(token).isPresent();
    }

    private Instant lastUsedAt() {
        return Optional.ofNullable((Timestamp) query("select last_used_at from auth_tokens where user_id = ?", userId)
                        .get(0))
                .map(Timestamp::toInstant)
                .orElse(null);
    }

    private long count() {
        return (Long) query("select count(*) from auth_tokens").get(0);
    }

    private static List<Object> query(String sql, Object... parameters) {
        return Postgres.query(ServiceDatabase.url(), sql, parameters);
    }

    private VerifiedToken verify(TokenSecret secret) {
        return tokens.verify(secret).toCompletableFuture().join().orElseThrow();
    }

    private Optional<Caller> resolve(TokenSecret token) {
        return tokens.verify(token).toCompletableFuture().join().map(VerifiedToken::owner);
    }
}
