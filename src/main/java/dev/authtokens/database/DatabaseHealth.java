package dev.authtokens.database;

import dev.authtokens.problem.DatabaseFailure;
import jakarta.inject.Singleton;
import jakarta.persistence.PersistenceException;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Not ready while the database cannot be reached or refuses changes: without them, nobody can log in or out. During the grace
 * of an outage it is ready, since else nobody would send it the checks that it can answer.
 */
@Readiness
@Singleton
class DatabaseHealth implements HealthCheck {

    /** Changes no row, and yet is refused where changes are: by a standby, a read-only server, a missing privilege or table. */
    private static final String CHANGE = "delete from login_attempts where false";

    private final Statements statements;
    private final DatabaseLease lease;
    private final Outage outage;

    DatabaseHealth(Statements statements, DatabaseLease lease, Outage outage) {
        this.statements = statements;
        this.lease = lease;
        this.outage = outage;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("Database");
        try {
            statements.update(CHANGE);
            return lease.isHeld()
                    ? response.up().build()
                    : response.down()
                            .withData("reason", "the synchronous standby does not confirm the lease")
                            .build();
        } catch (PersistenceException e) {
            String reason =
                    DatabaseFailure.of(e).map(DatabaseFailure::firstLine).orElse("unknown");
            return response.status(outage.isInGrace())
                    .withData("reason", reason)
                    .build();
        }
    }
}
