package dev.authtokens;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.cli.CommandProcess;
import dev.authtokens.token.RevocationListener;
import dev.authtokens.user.PasswordHasher;
import dev.authtokens.user.PasswordRules;
import dev.authtokens.user.UserStore;
import io.agroal.api.AgroalDataSource;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import jakarta.persistence.PersistenceException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jboss.logging.Logger;

/**
 * Before the first request: brings the schema up to date and makes the first administrator, or refuses to start. A process
 * that runs a command serves no request and leaves both alone.
 */
@Singleton
class StartUp {

    private static final Logger LOG = Logger.getLogger(StartUp.class);

    /** Of the last migration. */
    static final String SCHEMA_VERSION = "6";

    private static final String NO_SUCH_TABLE = "42P01";
    private static final String MIGRATE = "auth-tokens.migrate-at-start";
    private static final String BOOTSTRAP_EMAIL = "auth-tokens.bootstrap.email";
    private static final String BOOTSTRAP_PASSWORD = "auth-tokens.bootstrap.password";

    private final ServiceConfig config;
    private final AgroalDataSource dataSource;
    private final Instance<Flyway> flyway;
    private final UserStore users;
    private final PasswordHasher hasher;
    private final PasswordRules rules;

    private final RevocationListener revocations;

    StartUp(
            ServiceConfig config,
            AgroalDataSource dataSource,
            Instance<Flyway> flyway,
            UserStore users,
            PasswordHasher hasher,
            PasswordRules rules,
            RevocationListener revocations) {
        this.config = config;
        this.dataSource = dataSource;
        this.flyway = flyway;
        this.users = users;
        this.hasher = hasher;
        this.rules = rules;
        this.revocations = revocations;
    }

    /** First of all: the scheduler would work on a schema that is not there yet. */
    void run(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 1) StartupEvent start) {
        if (CommandProcess.isCurrent()) {
            return;
        }
        Optional<Administrator> first = firstAdministrator();
        try {
            prepareSchema();
            makeFirst(first);
            revocations.start();
        } catch (FlywayException | PersistenceException e) {
            throw StartFailure.ofDatabase(e);
        }
    }

    private void makeFirst(Optional<Administrator> first) {
        if (users.isEmpty()) {
            first.ifPresentOrElse(
                    this::create,
                    () -> LOG.warnf(
                            "There is no user, so nobody can log in: set %s and %s",
                            BOOTSTRAP_EMAIL, BOOTSTRAP_PASSWORD));
        }
    }

    private void prepareSchema() {
        if (isCurrent()) {
            return;
        }
        if (config.migrateAtStart()) {
            flyway.get().migrate();
        } else if (flyway.get().info().pending().length > 0) {
            throw new StartFailure(MIGRATE, "is false, but the schema of the database is older than this version");
        }
    }

    /** One query, where Flyway makes twenty on two connections: most starts find the schema as it was left. */
    private boolean isCurrent() {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "select exists (select from flyway_schema_history where version = ? and success)")) {
            statement.setString(1, SCHEMA_VERSION);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        } catch (SQLException e) {
            if (NO_SUCH_TABLE.equals(e.getSQLState())) {
                return false;
            }
            throw new PersistenceException(e);
        }
    }

    private void create(Administrator administrator) {
        rules.refusal(administrator.password(), administrator.email()).ifPresent(reason -> {
            throw new StartFailure(BOOTSTRAP_PASSWORD, "is refused. " + reason);
        });
        String hash = hasher.hash(administrator.password());
        if (users.createFirstAdministrator(administrator.email(), hash)) {
            LOG.infof("Made the first administrator: %s", administrator.email().written());
        }
    }

    private record Administrator(EmailAddress email, byte[] password) {}

    private Optional<Administrator> firstAdministrator() {
        Optional<String> email = config.bootstrap().email();
        Optional<String> password = config.bootstrap().password();
        if (email.isEmpty() && password.isEmpty()) {
            return Optional.empty();
        }
        String writtenEmail =
                email.orElseThrow(() -> new StartFailure(BOOTSTRAP_EMAIL, "is missing beside the password"));
        String writtenPassword = password.orElseThrow(
                () -> new StartFailure(BOOTSTRAP_PASSWORD, "is missing beside the e-mail address"));
        EmailAddress address = EmailAddress.parse(writtenEmail)
                .orElseThrow(() -> new StartFailure(BOOTSTRAP_EMAIL, "is not an e-mail address"));
        byte[] bytes = writtenPassword.getBytes(StandardCharsets.UTF_8);
        return Optional.of(new Administrator(address, bytes));
    }
}
