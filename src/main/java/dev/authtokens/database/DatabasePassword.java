package dev.authtokens.database;

import dev.authtokens.StartFailure;
import io.quarkus.arc.Unremovable;
import io.quarkus.credentials.CredentialsProvider;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/**
 * Reads the password of the database for each new connection, so that one which changes in its file is used without a restart,
 * see {@link dev.authtokens.settings.SecretSettings}. While the file cannot be read, the password that was read last is used.
 */
@Singleton
@Unremovable
class DatabasePassword implements CredentialsProvider {

    private static final Logger LOG = Logger.getLogger(DatabasePassword.class);
    private static final String PASSWORD = "quarkus.datasource.password";

    private volatile Map<String, String> last = Map.of();

    /** Read at once: the pool creates connections on a thread of its own. */
    @Override
    public Uni<Map<String, String>> getCredentialsAsync(String name) {
        try {
            last = ConfigProvider.getConfig()
                    .getOptionalValue(PASSWORD, String.class)
                    .map(password -> Map.of(PASSWORD_PROPERTY_NAME, password))
                    .orElse(Map.of());
        } catch (StartFailure e) {
            LOG.errorf("%s. Connections to the database are made with the password that was read last", e.getMessage());
        }
        return Uni.createFrom().item(last);
    }
}
