package dev.authtokens.user;

import dev.authtokens.access.Role;
import dev.authtokens.database.Statements;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/**
 * An account as it was read, with its password hash.
 *
 * @param expiresAt null when the account never expires
 */
public record Account(long id, String email, String passwordHash, Role role, Instant createdAt, Instant expiresAt) {

    /** Reads the columns in the order of the components. */
    static Account read(ResultSet row) throws SQLException {
        return new Account(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                Role.valueOf(row.getString(4)),
                Statements.instant(row, 5),
                Statements.instant(row, 6));
    }

    public Account withHash(String newHash) {
        return new Account(id, email, newHash, role, createdAt, expiresAt);
    }

    public boolean isExpired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }
}
