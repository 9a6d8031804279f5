package dev.authtokens.database;

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
import java.util.ArrayList;
import java.util.List;

/**
 * Runs single SQL statements, each in one round trip, in the transaction if there is one. Used where round trips count: token
 * checks, logins, revocations, batches. Everything else goes through Panache entities, where even a query is a transaction with
 * a second round trip for its commit.
 */
@Singleton
public class Statements {

    private final AgroalDataSource dataSource;

    public Statements(AgroalDataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Reads the rows of a result, which is closed afterwards. */
    public interface Reader<T> {
        T read(ResultSet rows) throws SQLException;
    }

    /**
     * Runs a query, or a change with a {@code returning} clause.
     *
     * @param parameters as the driver takes them, also {@link Instant}, {@code String[]} and {@code byte[][]}
     * @throws PersistenceException when the database refuses it or cannot be reached
     */
    public <T> T query(String sql, Reader<T> reader, Object... parameters) {
        return execute(sql, statement -> reader.read(statement.executeQuery()), parameters);
    }

    /** As {@link #query}, with all rows, each of which the reader reads. */
    public <T> List<T> list(String sql, Reader<T> reader, Object... parameters) {
        return query(
                sql,
                rows -> {
                    List<T> all = new ArrayList<>();
                    while (rows.next()) {
                        all.add(reader.read(rows));
                    }
                    return all;
                },
                parameters);
    }

    /** As {@link #query}, for a change; returns the number of rows. */
    public int update(String sql, Object... parameters) {
        return execute(sql, PreparedStatement::executeUpdate, parameters);
    }

    /** The column as a time; null where the column is null. */
    public static Instant instant(ResultSet rows, int column) throws SQLException {
        OffsetDateTime time = rows.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    /** The first column of the first row, as {@link #instant}. */
    public static Instant firstInstant(ResultSet rows) throws SQLException {
        rows.next();
        return instant(rows, 1);
    }

    /** The first column of the first row as text. */
    public static String firstText(ResultSet rows) throws SQLException {
        rows.next();
        return rows.getString(1);
    }

    private interface Execution<T> {
        T run(PreparedStatement statement) throws SQLException;
    }

    private <T> T execute(String sql, Execution<T> execution, Object... parameters) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                Object value = parameters[i];
                // The driver does not take an Instant.
                statement.setObject(i + 1, value instanceof Instant time ? time.atOffset(ZoneOffset.UTC) : value);
            }
            T result = execution.run(statement);
            ConfirmingDriver.requireConfirmed(statement.getWarnings());
            return result;
        } catch (SQLException e) {
            throw new PersistenceException(e);
        }
    }
}
