package dev.authtokens.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import dev.authtokens.harness.TestClock;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class AuditPurgeTest {

    @Inject
    AuditPurge purge;

    @Inject
    TestClock clock;

    @Test
    void deletesWhatIsOlderThanTheRetention() {
        String account = UUID.randomUUID() + "@example.com";
        insert(account, "366 days", 2500);
        insert(account, "364 days", 2);
        purge.purge();
        assertEquals(List.of(2L), query("select count(*) from audit_events where account = ?", account));
    }

    @Test
    void keepsTheTrailWhenTheClockOfTheMachineIsWrong() {
        String account = UUID.randomUUID() + "@example.com";
        insert(account, "1 minute", 2);
        clock.jump(Duration.ofDays(400));
        purge.purge();
        assertEquals(List.of(2L), query("select count(*) from audit_events where account = ?", account));
    }

    @AfterEach
    void resetClock() {
        clock.reset();
    }

    private static void insert(String account, String age, int events) {
        Postgres.execute(
                ServiceDatabase.url(),
                "insert into audit_events (at, kind, outcome, account)"
                        + " select now() - ?::interval, 'LOGIN', 'SUCCESS', ? from generate_series(1, ?)",
                age,
                account,
                events);
    }

    private static List<Object> query(String sql, Object... parameters) {
        return Postgres.query(ServiceDatabase.url(), sql, parameters);
    }
}
