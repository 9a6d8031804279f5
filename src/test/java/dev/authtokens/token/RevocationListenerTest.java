package dev.authtokens.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever changes the database, be it by hand, is heard. */
@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class RevocationListenerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Inject
    TokenStore tokens;

    @Inject
    TokenCache cache;

    @Inject
    MeterRegistry metrics;

    private String email;
    private TokenSecret token;

    @BeforeEach
    void keepATokenInMemory() {
        await(cache::isTrusted);
        email = Accounts.create();
        token = TokenSecret.parse(Api.token(email, Accounts.PASSWORD)).orElseThrow();
        assertTrue(isGood());
        assertTrue(isInMemory());
    }

    @Test
    void hearsOfADeletedToken() {
        sql("delete from auth_tokens where digest = ?", token.digest());
        await(() -> !isGood());
    }

    @Test
    void hearsOfManyTokensThatEndAtOnce() {
        sql("""
                insert into auth_tokens (digest, id, user_id, created_at)
                select sha256(n::text::bytea), gen_random_uuid(), u.id, now()
                from generate_series(1, 5000) n, users u where u.email = ?""", email);
        assertEquals(
                5001, sql("delete from auth_tokens where user_id = (select id from users where email = ?)", email));
        await(() -> !isGood());
    }

    @Test
    void hearsOfAnEmptiedTable() {
        sql("truncate auth_tokens");
        await(() -> !isGood());
    }

    @Test
    void hearsOfADeletedAccount() {
        sql("delete from users where email = ?", email);
        await(() -> !isGood());
    }

    @Test
    void hearsOfAnExpiryAndOfItsEnd() {
        sql("update users set expires_at = now() - interval '1 hour' where email = ?", email);
        await(() -> !isGood());
        sql("update users set expires_at = null where email = ?", email);
        await(this::isGood);
    }

    @Test
    void hearsOfANewRole() {
        sql("update users set role = 'ADMIN' where email = ?", email);
        await(() -> tokens.verify(token)
                        .toCompletableFuture()
                        .join()
                        .orElseThrow()
                        .owner()
                        .role()
                == Role.ADMIN);
    }

    @Test
    void dropsEverythingWhenItDoesNotUnderstand() {
        double before = misses();
        sql("notify auth_tokens, 'from a later version'");
        await(() -> isGood() && misses() > before);
    }

    @Test
    void isNotTrustedWithoutItsConnectionAndComesBack() {
        Postgres.query(
                ServiceDatabase.url(),
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'auth-tokens-revocations'");
        await(() -> !cache.isTrusted());
        assertTrue(isGood());
        double before = misses();
        await(cache::isTrusted);
        assertTrue(isGood());
        assertTrue(misses() > before, "it may have ended while nobody listened, so it is read again");
    }

    private boolean isGood() {
        return tokens.verify(token).toCompletableFuture().join().isPresent();
    }

    private boolean isInMemory() {
        return tokens.verify(token).toCompletableFuture().isDone();
    }

    private double misses() {
        return metrics.get("cache.gets")
                .tags("cache", "tokens", "result", "miss")
                .functionCounter()
                .count();
    }

    private static int sql(String statement, Object... parameters) {
        return Postgres.execute(ServiceDatabase.url(), statement, parameters);
    }

    private static void await(BooleanSupplier condition) {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!condition.getAsBoolean()) {
            assertTrue(Instant.now().isBefore(deadline), "not within " + PATIENCE);
            Thread.onSpinWait();
        }
    }
}
