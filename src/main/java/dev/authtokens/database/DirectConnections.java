package dev.authtokens.database;

import dev.authtokens.StartFailure;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionFactoryConfiguration;
import io.agroal.api.security.SimplePassword;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/** Connections outside of the pool, with its user and settings, for statements that take longer than a request may. */
@Singleton
public class DirectConnections {

    private static final String URL = "quarkus.datasource.jdbc.url";
    private static final String LISTEN_URL = "auth-tokens.cache.listen-url";

    private final AgroalDataSource pool;

    DirectConnections(AgroalDataSource pool) {
        this.pool = pool;
    }

    /**
     * Connections to the database of the pool, or by the URL for notifications. Parameters in a URL take precedence over
     * settings.
     *
     * @param name their application name in PostgreSQL
     * @param timeout for the answer to a statement, in seconds; 0 for none
     * @throws StartFailure when the URL cannot be read
     */
    public DataSource named(String name, int timeout, Optional<String> listenUrl) {
        AgroalConnectionFactoryConfiguration settings =
                pool.getConfiguration().connectionPoolConfiguration().connectionFactoryConfiguration();
        Properties defaults = new Properties();
        PGProperty.LOGIN_TIMEOUT.set(
                defaults, String.valueOf(settings.loginTimeout().toSeconds()));
        defaults.putAll(settings.jdbcProperties());
        if (settings.principal() != null) {
            PGProperty.USER.set(defaults, settings.principal().getName());
        }
        settings.credentials().stream()
                .filter(SimplePassword.class::isInstance)
                .forEach(password -> PGProperty.PASSWORD.set(defaults, ((SimplePassword) password).getWord()));
        Properties properties = Driver.parseURL(listenUrl.orElse(settings.jdbcUrl()), defaults);
        if (properties == null) {
            throw new StartFailure(
                    listenUrl.isPresent() ? LISTEN_URL : URL,
                    "is not of the form jdbc:postgresql://host:port/database");
        }
        PGProperty.APPLICATION_NAME.set(properties, name);
        PGProperty.SOCKET_TIMEOUT.set(properties, timeout);
        PGSimpleDataSource direct = new PGSimpleDataSource();
        for (PGProperty property : PGProperty.values()) {
            direct.setProperty(property, property.getOrNull(properties));
        }
        return direct;
    }
}
