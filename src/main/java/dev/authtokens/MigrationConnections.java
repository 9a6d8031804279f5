package dev.authtokens;

import io.quarkus.flyway.FlywayConfigurationCustomizer;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** A statement of a migration takes as long as it takes, and not only what a request may wait. */
@Singleton
class MigrationConnections implements FlywayConfigurationCustomizer {

    private final DirectConnections connections;

    MigrationConnections(DirectConnections connections) {
        this.connections = connections;
    }

    @Override
    public void customize(FluentConfiguration configuration) {
        configuration.dataSource(connections.named("auth-tokens-migration", 0, Optional.empty()));
    }
}
