package dev.authtokens.database;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.authtokens.harness.Await;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.eclipse.microprofile.health.Readiness;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class DatabaseHealthTest {

    @Inject
    AgroalDataSource pool;

    @Inject
    @Readiness
    DatabaseHealth health;

    @Test
    void isNotReadyWhileChangesAreRefused() {
        assertEquals(Status.UP, health.call().getStatus());
        try {
            readOnly("on");
            Await.until("It is still ready", () -> health.call().getStatus() == Status.DOWN);
        } finally {
            readOnly("off");
        }
        Await.until("It is not ready again", () -> health.call().getStatus() == Status.UP);
    }

    /** Of sessions that begin from now on. */
    private void readOnly(String value) {
        Postgres.execute(
                ServiceDatabase.url() + "?options=-c%20default_transaction_read_only=off",
                "do 'begin execute format(''alter database %I set default_transaction_read_only = " + value
                        + "'', current_database()); end'");
        pool.flush(AgroalDataSource.FlushMode.GRACEFUL);
    }
}
