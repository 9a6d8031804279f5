package dev.authtokens.token;

import dev.authtokens.Statements;
import dev.authtokens.access.Role;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads tokens and their accounts by one statement and in one round trip. This is the query that every check makes that is
 * not answered from memory.
 */
@Singleton
class TokenLookup {

    private static final String FIND = """
            select t.digest, t.id, t.created_at, t.last_used_at, u.id, u.email, u.role, u.expires_at
            from auth_tokens t join users u on u.id = t.user_id
            where t.digest in (?%s)""";

    private final Statements statements;

    TokenLookup(Statements statements) {
        this.statements = statements;
    }

    Optional<TokenOwner> find(byte[] digest) {
        return Optional.ofNullable(find(List.of(digest)).get(ByteBuffer.wrap(digest)));
    }

    /** By digest; without those of which there is no token. */
    Map<ByteBuffer, TokenOwner> find(List<byte[]> digests) {
        Object[] parameters = new Object[parameters(digests.size())];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = digests.get(Math.min(i, digests.size() - 1));
        }
        return statements.query(FIND.formatted(", ?".repeat(parameters.length - 1)), TokenLookup::readAll, parameters);
    }

    private static Map<ByteBuffer, TokenOwner> readAll(ResultSet row) throws SQLException {
        Map<ByteBuffer, TokenOwner> found = new HashMap<>();
        while (row.next()) {
            found.put(ByteBuffer.wrap(row.getBytes(1)), read(row));
        }
        return found;
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
                Statements.instant(row, 3),
                Statements.instant(row, 4),
                row.getLong(5),
                row.getString(6),
                Role.valueOf(row.getString(7)),
                Statements.instant(row, 8));
    }
}
