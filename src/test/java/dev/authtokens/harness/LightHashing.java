package dev.authtokens.harness;

import dev.authtokens.ServiceConfig;
import dev.authtokens.password.PasswordHasher;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;

/** Hashes of a cost that no setting allows, in all tests that run in the same process as the service: they wait for less. */
@Singleton
class LightHashing {

    private static final int COST = 6;

    @Produces
    @Alternative
    @Priority(1)
    @Singleton
    PasswordHasher hasher(ServiceConfig config) {
        return new PasswordHasher(
                COST,
                config.password().pepper(),
                config.password().previousPeppers().orElse(List.of()));
    }
}
