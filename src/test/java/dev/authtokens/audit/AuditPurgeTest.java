package dev.authtokens.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class AuditPurgeTest {

    @Inject
    AuditPurge purge;

    @Test
    void deletesWhatIsOlderThanTheRetention() {
        String account = UUID.randomUUID() + "@example.com";
        insert(account, "366 days", 2500);
        insert(account, "364 days", 2);
        purge.purge();
        assertEquals(List.of(2L), query("select count(*) from audit_events where account = ?", account));
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
