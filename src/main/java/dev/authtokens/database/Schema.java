package dev.authtokens.database;

import dev.authtokens.StartFailure;
import dev.authtokens.problem.DatabaseFailure;
import io.quarkus.flyway.FlywayConfigurationCustomizer;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import jakarta.persistence.PersistenceException;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateResult;

/** The version of the database schema: whether it is current, and its migration by Flyway. */
@Singleton
public class Schema implements FlywayConfigurationCustomizer {

    /** The last migration of this version of the service. */
    static final String LAST_MIGRATION = "db/migration/V1__schema.sql";

    /** Not Flyway's own name: another application of the same database may have a history too. */
    private static final String HISTORY = "auth_tokens_schema_history";

    private static final int ATTEMPTS = 6;

    private final Statements statements;
    private final DirectConnections connections;
    private final Instance<Flyway> flyway;

    Schema(Statements statements, DirectConnections connections, Instance<Flyway> flyway) {
        this.statements = statements;
        this.connections = connections;
        this.flyway = flyway;
    }

    /**
     * Whether the last migration was applied; also true for a newer schema, so that an older version may still run during a
     * roll-out. One query, where Flyway makes twenty on two connections.
     *
     * @throws PersistenceException when the database cannot be reached
     */
    public boolean isCurrent() {
        try {
            return query(
                    "select exists (select from " + HISTORY + " where script = ? and success)",
                    Statements::isTrue,
                    LAST_MIGRATION);
        } catch (PersistenceException e) {
            if (DatabaseFailure.of(e).filter(DatabaseFailure::lacksTable).isPresent()) {
                return false;
            }
            throw e;
        }
    }

    /** Repeated while no connection is there in time: each attempt leaves out the hosts that did not answer the one before. */
    private <T> T query(String sql, Statements.Reader<T> reader, Object... parameters) {
        for (int attempt = 1; ; attempt++) {
            try {
                return statements.query(sql, reader, parameters);
            } catch (PersistenceException e) {
                boolean isLate =
                        DatabaseFailure.of(e).filter(DatabaseFailure::isOfPool).isPresent();
                if (!isLate || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void requireUtf8() {
        String encoding = query("show server_encoding", Schema::readText);
        if (!encoding.equals("UTF8")) {
            throw StartFailure.ofUrl(
                    "the encoding of the database is " + encoding + ": create one with encoding 'UTF8'");
        }
    }

    private static String readText(ResultSet row) throws SQLException {
        row.next();
        return row.getString(1);
    }

    /**
     * Applies the missing migrations. Several processes may do so at once: Flyway serialises them by a lock.
     *
     * @throws StartFailure when the schema has tables of others, or migrations that failed or differ, or when the database
     *     cannot hold every e-mail address
     */
    public MigrateResult migrate() {
        requireUtf8();
        try {
            return flyway.get().migrate();
        } catch (FlywayException e) {
            if (isCurrent()) {
                // By another process, which Flyway did not expect.
                return flyway.get().migrate();
            }
            throw reason(e);
        }
    }

    private static RuntimeException reason(FlywayException failure) {
        return DatabaseFailure.of(failure)
                .<RuntimeException>map(database -> database.isDuplicate()
                        ? StartFailure.ofUrl("leads to tables of another application: " + database.firstLine()
                                + ". Use another database, or another schema by currentSchema")
                        : failure)
                .orElseGet(() -> StartFailure.ofUrl("leads to a schema that cannot be migrated, see the table "
                        + HISTORY + ": " + failure.getMessage().strip().replaceAll("\\s*\\R\\s*", " ")));
    }

    /**
     * A statement of a migration may take longer than the timeout of the pool's connections. A schema that is not empty is
     * taken for one of version 0.
     */
    @Override
    public void customize(FluentConfiguration configuration) {
        configuration
                .dataSource(connections.withoutTimeout("auth-tokens-migration"))
                .table(HISTORY)
                .baselineOnMigrate(true)
                .baselineVersion("0");
    }
}
