package dev.authtokens;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionFactoryConfiguration;
import io.agroal.api.security.SimplePassword;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/** Makes connections beside the pool, as the same user and with the same settings, for what waits longer than a request. */
@Singleton
public class DirectConnections {

    private final AgroalDataSource pool;

    DirectConnections(AgroalDataSource pool) {
        this.pool = pool;
    }

    /**
     * Connections to the same database as those of the pool, or by another URL.
     *
     * @param name what PostgreSQL shows them as
     * @param timeout until the answer to a statement, in seconds; 0 for as long as it takes
     */
    public DataSource named(String name, int timeout, Optional<String> url) {
        AgroalConnectionFactoryConfiguration settings =
                pool.getConfiguration().connectionPoolConfiguration().connectionFactoryConfiguration();
        Properties properties = new Properties();
        properties.putAll(settings.jdbcProperties());
        properties.putAll(Map.of("ApplicationName", name, "socketTimeout", String.valueOf(timeout)));
        PGSimpleDataSource direct = new PGSimpleDataSource();
        for (PGProperty property : PGProperty.values()) {
            direct.setProperty(property, properties.getProperty(property.getName()));
        }
        // What the URL says counts most, as in the pool.
        direct.setUrl(url.orElse(settings.jdbcUrl()));
        if (settings.principal() != null) {
            direct.setUser(settings.principal().getName());
        }
        settings.credentials().stream()
                .filter(SimplePassword.class::isInstance)
                .forEach(password -> direct.setPassword(((SimplePassword) password).getWord()));
        return direct;
    }
}
