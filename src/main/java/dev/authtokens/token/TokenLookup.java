package dev.authtokens.token;

import dev.authtokens.access.Role;
import io.agroal.api.AgroalDataSource;
import jakarta.inject.Singleton;
import jakarta.persistence.PersistenceException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads tokens and their accounts by one statement and in one round trip. This is the query that every check makes that is
 * not answered from memory; through the entities it takes a transaction, and with it a second round trip.
 */
@Singleton
class TokenLookup {

    private static final String FIND = """
            select t.digest, t.id, t.created_at, t.last_used_at, u.id, u.email, u.role, u.expires_at
            from auth_tokens t join users u on u.id = t.user_id
            where t.digest in (?%s)""";

    private final AgroalDataSource dataSource;

    TokenLookup(AgroalDataSource dataSource) {
        this.dataSource = dataSource;
    }

    Optional<TokenOwner> find(byte[] digest) {
        return Optional.ofNullable(find(List.of(digest)).get(ByteBuffer.wrap(digest)));
    }

    /** By digest; without those of which there is no token. */
    Map<ByteBuffer, TokenOwner> find(List<byte[]> digests) {
        int parameters = parameters(digests.size());
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement(FIND.formatted(", ?".repeat(parameters - 1)))) {
            for (int i = 0; i < parameters; i++) {
                statement.setBytes(i + 1, digests.get(Math.min(i, digests.size() - 1)));
            }
            Map<ByteBuffer, TokenOwner> found = new HashMap<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.put(ByteBuffer.wrap(row.getBytes(1)), read(row));
                }
            }
            return found;
        } catch (SQLException e) {
            throw new PersistenceException(e);
        }
    }

    /**
     * The next power of two, so that there are few statements and the database keeps a plan of each; the last digest is
     * repeated. An array as the one parameter would be planned anew each time, since the plan depends on its length.
     */
    private static int parameters(int digests) {
        return digests == 1 ? 1 : Integer.highestOneBit(digests - 1) * 2;
    }

    private static TokenOwner read(ResultSet row) throws SQLException {
        return new TokenOwner(
                row.getObject(2, UUID.class),
                instant(row, 3),
                instant(row, 4),
                row.getLong(5),
                row.getString(6),
                Role.valueOf(row.getString(7)),
                instant(row, 8));
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
