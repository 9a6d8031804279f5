package dev.authtokens.token;

import dev.authtokens.access.Role;
import io.agroal.api.AgroalDataSource;
import jakarta.inject.Singleton;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads a token and its account by one statement and in one round trip. This is the query that every check makes that is
 * not answered from memory; through the entities it takes a transaction, and with it a second round trip.
 */
@Singleton
class TokenLookup {

    private static final String FIND = """
            select t.id, t.created_at, t.last_used_at, u.id, u.email, u.role, u.expires_at
            from auth_tokens t join users u on u.id = t.user_id
            where t.digest = ?""";

    private final AgroalDataSource dataSource;

    TokenLookup(AgroalDataSource dataSource) {
        this.dataSource = dataSource;
    }

    Optional<TokenOwner> find(byte[] digest) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setBytes(1, digest);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(read(row)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw new PersistenceException(e);
        }
    }

    private static TokenOwner read(ResultSet row) throws SQLException {
        return new TokenOwner(
                row.getObject(1, UUID.class),
                instant(row, 2),
                instant(row, 3),
                row.getLong(4),
                row.getString(5),
                Role.valueOf(row.getString(6)),
                instant(row, 7));
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
