package dev.authtokens.database;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionFactoryConfiguration;
import io.agroal.api.security.SimplePassword;
import jakarta.inject.Singleton;
import java.util.Properties;
import javax.sql.DataSource;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/** Connections outside of the pool, with its user and settings, for statements that take longer than a request may. */
@Singleton
class DirectConnections {

    /** Their application name in PostgreSQL. */
    private static final String NAME = "auth-tokens-migration";

    private final AgroalDataSource pool;

    DirectConnections(AgroalDataSource pool) {
        this.pool = pool;
    }

    /** Hosts, ports and name of the database, without the parameters of the URL, of which one may be a password. */
    String address() {
        return settings().jdbcUrl().replaceAll("^jdbc:postgresql:(//)?|[?].*", "");
    }

    private AgroalConnectionFactoryConfiguration settings() {
        return pool.getConfiguration().connectionPoolConfiguration().connectionFactoryConfiguration();
    }

    /** Without a timeout for the answer to a statement. Parameters in the URL take precedence over settings. */
    DataSource withoutTimeout() {
        AgroalConnectionFactoryConfiguration settings = settings();
        Properties defaults = new Properties();
        defaults.putAll(settings.jdbcProperties());
        if (settings.principal() != null) {
            PGProperty.USER.set(defaults, settings.principal().getName());
        }
        settings.credentials().stream()
                .filter(SimplePassword.class::isInstance)
                .forEach(password -> defaults.putAll(((SimplePassword) password).asProperties()));
        Properties properties = Driver.parseURL(settings.jdbcUrl(), defaults);
        PGProperty.APPLICATION_NAME.set(properties, NAME);
        PGProperty.SOCKET_TIMEOUT.set(properties, 0);
        PGSimpleDataSource direct = new PGSimpleDataSource();
        for (PGProperty property : PGProperty.values()) {
            direct.setProperty(property, property.getOrNull(properties));
        }
        return direct;
    }
}
