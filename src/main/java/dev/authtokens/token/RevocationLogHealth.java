package dev.authtokens.token;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Shows in the readiness whether the revocation log is read. Always up: without the log, token checks ask the database. */
@Readiness
@Singleton
class RevocationLogHealth implements HealthCheck {

    private final RevocationLog log;

    RevocationLogHealth(RevocationLog log) {
        this.log = log;
    }

    @Override
    public HealthCheckResponse call() {
        String reason = log.distrustReason();
        return HealthCheckResponse.named("Revocation log")
                .up()
                .withData("read", reason.isEmpty() ? "yes" : "no: " + reason)
                .build();
    }
}
