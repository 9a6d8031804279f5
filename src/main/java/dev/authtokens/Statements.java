package dev.authtokens;

import io.agroal.api.AgroalDataSource;
import jakarta.inject.Singleton;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * Runs single statements of SQL, each in one round trip: one that is alone is committed by itself, and one within a
 * transaction is a part of that. Through an entity, even a mere query is a transaction and takes a second round trip.
 */
@Singleton
public class Statements {

    private final AgroalDataSource dataSource;

    Statements(AgroalDataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Reads the rows of an answer, which end with it. */
    public interface Reader<T> {
        T read(ResultSet rows) throws SQLException;
    }

    /**
     * Runs a query, or a change that tells something.
     *
     * @throws PersistenceException when the database refuses it or cannot be reached
     */
    public <T> T query(String sql, Reader<T> reader, Object... parameters) {
        return execute(sql, statement -> reader.read(statement.executeQuery()), parameters);
    }

    /**
     * Runs a change and tells of how many rows.
     *
     * @throws PersistenceException when the database refuses it or cannot be reached
     */
    public int update(String sql, Object... parameters) {
        return execute(sql, PreparedStatement::executeUpdate, parameters);
    }

    /** Null where the column is. */
    public static Instant instant(ResultSet rows, int column) throws SQLException {
        OffsetDateTime time = rows.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    private interface Work<T> {
        T on(PreparedStatement statement) throws SQLException;
    }

    private <T> T execute(String sql, Work<T> work, Object... parameters) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                Object value = parameters[i];
                // The driver knows no Instant.
                statement.setObject(i + 1, value instanceof Instant time ? time.atOffset(ZoneOffset.UTC) : value);
            }
            return work.on(statement);
        } catch (SQLException e) {
            throw new PersistenceException(e);
        }
    }
}
