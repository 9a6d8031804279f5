package dev.authtokens.database;

import io.quarkus.runtime.annotations.RegisterForProxy;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLWarning;

/**
 * The driver of the pool. A commit fails when its wait for the synchronous standby was cancelled: PostgreSQL only warns of that,
 * but a fail-over would lose what was committed, so it is not acknowledged to any client.
 */
@RegisterForProxy(targets = {Connection.class, PGConnection.class})
@RegisterForReflection(targets = {ConfirmingDriver.class, Connection.class, PGConnection.class})
public final class ConfirmingDriver extends Driver {

    /** SQL state "transaction resolution unknown". */
    private static final String UNKNOWN = "08007";

    /** The function of PostgreSQL that warns, which is not translated as its message is. */
    private static final String WAIT = "SyncRepWaitForLSN";

    @Override
    public Connection connect(String url, Properties properties) throws SQLException {
        Connection connection = super.connect(url, properties);
        return connection == null ? null : confirming(connection);
    }

    private static Connection confirming(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                ConfirmingDriver.class.getClassLoader(),
                new Class<?>[] {Connection.class, PGConnection.class},
                (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(connection, arguments);
                        if (method.getName().equals("commit")) {
                            requireConfirmed(connection.getWarnings());
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Checks the warnings of a statement that commits by itself, or of a connection after its commit. */
    static void requireConfirmed(SQLWarning first) throws SQLException {
        for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
            if (warning instanceof PSQLWarning answered
                    && WAIT.equals(answered.getServerErrorMessage().getRoutine())) {
                throw new SQLException("committed, but not confirmed by the synchronous standby", UNKNOWN);
            }
        }
    }
}
