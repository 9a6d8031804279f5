package dev.authtokens.harness;

import dev.authtokens.ServiceConfig;
import dev.authtokens.password.PasswordHasher;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;

/** Hashes of a cost that no setting allows, for tests that are about the number of logins and not about their work. */
@Alternative
@Singleton
public class LightHashing {

    static final int COST = 6;

    @Produces
    @Alternative
    @Singleton
    PasswordHasher hasher(ServiceConfig config) {
        return new PasswordHasher(
                COST,
                config.password().pepper(),
                config.password().previousPeppers().orElse(List.of()));
    }
}
