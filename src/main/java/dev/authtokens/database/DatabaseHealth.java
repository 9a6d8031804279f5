package dev.authtokens.database;

import dev.authtokens.problem.DatabaseFailure;
import jakarta.inject.Singleton;
import jakarta.persistence.PersistenceException;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready while the database cannot be reached or refuses changes: without them, nobody can log in or out. */
@Readiness
@Singleton
class DatabaseHealth implements HealthCheck {

    /** Changes no row, and yet is refused where changes are: by a standby, a read-only server, a missing privilege or table. */
    private static final String CHANGE = "delete from login_attempts where false";

    private final Statements statements;

    DatabaseHealth(Statements statements) {
        this.statements = statements;
    }

    @Override
    public HealthCheckResponse call() {
        try {
            statements.update(CHANGE);
            return HealthCheckResponse.up("Database");
        } catch (PersistenceException e) {
            String reason =
                    DatabaseFailure.of(e).map(DatabaseFailure::firstLine).orElse("unknown");
            return HealthCheckResponse.named("Database")
                    .down()
                    .withData("reason", reason)
                    .build();
        }
    }
}
