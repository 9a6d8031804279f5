package dev.authtokens.user;

import dev.authtokens.ServiceConfig;
import dev.authtokens.StartFailure;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.password.PasswordHasher;
import dev.authtokens.password.PasswordRules;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The administrator that the settings name, created by a start that finds no account. */
@Singleton
public class FirstAdministrator {

    private static final Logger LOG = Logger.getLogger(FirstAdministrator.class);
    private static final String EMAIL = "auth-tokens.bootstrap.email";
    private static final String PASSWORD = "auth-tokens.bootstrap.password";

    private final ServiceConfig.Bootstrap settings;
    private final UserStore users;
    private final PasswordHasher hasher;
    private final PasswordRules rules;

    FirstAdministrator(ServiceConfig config, UserStore users, PasswordHasher hasher, PasswordRules rules) {
        this.settings = config.bootstrap();
        this.users = users;
        this.hasher = hasher;
        this.rules = rules;
    }

    private record Credentials(EmailAddress email, byte[] password) {}

    /** @throws StartFailure when only one of the two settings is set, or the address is not an e-mail address */
    public void requireValidSettings() {
        credentials();
    }

    /** @throws StartFailure when the rules refuse the password */
    public void createIfNoAccount() {
        if (users.isEmpty()) {
            credentials()
                    .ifPresentOrElse(
                            this::create,
                            () -> LOG.warnf(
                                    "The database has no account, so nobody can log in. Set %s and %s and restart, or run"
                                            + " 'user create'",
                                    EMAIL, PASSWORD));
        }
    }

    private Optional<Credentials> credentials() {
        if (settings.email().isEmpty() && settings.password().isEmpty()) {
            return Optional.empty();
        }
        String email = settings.email().orElseThrow(() -> new StartFailure(EMAIL, "is missing beside the password"));
        String password = settings.password()
                .orElseThrow(() -> new StartFailure(PASSWORD, "is missing beside the e-mail address"));
        EmailAddress address =
                EmailAddress.parse(email).orElseThrow(() -> new StartFailure(EMAIL, "is not an e-mail address"));
        return Optional.of(new Credentials(address, password.getBytes(StandardCharsets.UTF_8)));
    }

    private void create(Credentials first) {
        rules.refusal(first.password(), first.email().canonical()).ifPresent(reason -> {
            throw new StartFailure(PASSWORD, "is refused. " + reason);
        });
        if (users.createFirstAdministrator(first.email(), hasher.hash(first.password()))) {
            LOG.infof("Created the first administrator: %s", first.email().displayForm());
        }
    }
}
