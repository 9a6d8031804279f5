package dev.authtokens;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.user.PasswordHasher;
import dev.authtokens.user.PasswordRules;
import dev.authtokens.user.UserStore;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.persistence.PersistenceException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jboss.logging.Logger;

/** Before the first request: brings the schema up to date and makes the first administrator, or refuses to start. */
@Singleton
class StartUp {

    private static final Logger LOG = Logger.getLogger(StartUp.class);

    /** PostgreSQL's "insufficient privilege"; an exception without a state comes from the pool, which waited in vain. */
    private static final String NO_RIGHT = "42501";

    private static final String NO_STATE = "";

    private static final String USERNAME = "quarkus.datasource.username";
    private static final String MIGRATE = "auth-tokens.migrate-at-start";
    private static final String BOOTSTRAP_EMAIL = "auth-tokens.bootstrap.email";
    private static final String BOOTSTRAP_PASSWORD = "auth-tokens.bootstrap.password";

    private final ServiceConfig config;
    private final Flyway flyway;
    private final UserStore users;
    private final PasswordHasher hasher;
    private final PasswordRules rules;

    StartUp(ServiceConfig config, Flyway flyway, UserStore users, PasswordHasher hasher, PasswordRules rules) {
        this.rules = rules;
        this.config = config;
        this.flyway = flyway;
        this.users = users;
        this.hasher = hasher;
    }

    void run(@Observes StartupEvent start) {
        Optional<Administrator> first = firstAdministrator();
        try {
            prepareSchema();
            makeFirst(first);
        } catch (FlywayException | PersistenceException e) {
            throw databaseFailure(e);
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
        if (config.migrateAtStart()) {
            flyway.migrate();
        } else if (flyway.info().pending().length > 0) {
            throw new StartFailure(MIGRATE, "is false, but the schema of the database is older than this version");
        }
    }

    private void create(Administrator administrator) {
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
        rules.refusal(bytes, address).ifPresent(reason -> {
            throw new StartFailure(BOOTSTRAP_PASSWORD, "is refused. " + reason);
        });
        return Optional.of(new Administrator(address, bytes));
    }

    private static RuntimeException databaseFailure(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException exception) {
                String state = exception.getSQLState() == null ? NO_STATE : exception.getSQLState();
                if (state.startsWith("28")) {
                    return new StartFailure(USERNAME, "the database refuses this user or the password");
                }
                if (state.equals(NO_RIGHT)) {
                    return new StartFailure(USERNAME, "this user lacks a right: " + firstLine(exception));
                }
                if (state.startsWith("08")
                        || state.startsWith("57")
                        || state.equals("3D000")
                        || state.equals(NO_STATE)) {
                    return new StartFailure(
                            StartFailure.URL, "the database cannot be reached: " + firstLine(exception));
                }
            }
        }
        return failure;
    }

    private static String firstLine(SQLException exception) {
        return String.valueOf(exception.getMessage()).lines().findFirst().orElse("");
    }
}
