package dev.authtokens.token;

import dev.authtokens.access.Caller;
import dev.authtokens.access.Role;
import dev.authtokens.audit.RequestOrigin;
import dev.authtokens.database.Statements;
import dev.authtokens.user.Account;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The statements of token checks, logins and revocations. Each is one round trip, which is why they bypass the entity. */
@Singleton
class TokenQueries {

    /**
     * One row for each digest, which also says which server it was. The limit makes PostgreSQL look up each digest by the
     * primary key and keep one plan: for many digests it would scan a table of some thousand tokens, and plan anew each time.
     */
    private static final String FIND = """
            select pg_postmaster_start_time(), pg_is_in_recovery(), found.*
            from (values (?)%s) as asked (digest) left join lateral (
                select t.digest, t.id, t.created_at, t.last_used_at,
                    u.id as user_id, u.email, u.role, u.created_at as account_created_at, u.expires_at,
                    t.expires_at as token_expires_at
                from auth_tokens t join users u on u.id = t.user_id
                where t.digest = asked.digest and t.created_at > (select valid_from from token_validity)
                limit 1) as found on true""";

    /** Locks the account until the end of the transaction: a password change that follows sees this token and revokes it. */
    private static final String INSERT = """
            insert into auth_tokens (digest, id, user_id, created_at, expires_at, name, address, user_agent, activity)
            select ?, ?, id, clock_timestamp(), clock_timestamp() + cast(? as interval), ?, ?, ?, ?
            from users where id = ? and password_hash = ? for share""";

    private static final String DELETE = "delete from auth_tokens where user_id = ? and id = ? returning digest";

    /** Tokens that one statement deletes, within its timeout. */
    static final int BATCH = 10_000;

    /** Each batch locks rows in the same order as {@link LastUse}, so that the two do not deadlock. */
    private static final String DELETE_OTHERS = """
            delete from auth_tokens where digest in (
                select digest from auth_tokens where user_id = ? and id is distinct from ?
                order by digest limit %d for update)""".formatted(BATCH);

    private static final String REVOKE_ALL = """
            update token_validity set valid_from = greatest(valid_from, least(cast(? as timestamptz), clock_timestamp()))
            returning valid_from""";

    private final Statements statements;
    private final TrustedServer trustedServer;

    TokenQueries(Statements statements, TrustedServer trustedServer) {
        this.statements = statements;
        this.trustedServer = trustedServer;
    }

    Optional<TokenRow> find(byte[] digest) {
        return Optional.ofNullable(find(List.of(digest)).get(ByteBuffer.wrap(digest)));
    }

    /** By digest, without those that do not exist. */
    Map<ByteBuffer, TokenRow> find(List<byte[]> digests) {
        Object[] parameters = new Object[parameterCount(digests.size())];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = digests.get(Math.min(i, digests.size() - 1));
        }
        return statements.query(FIND.formatted(", (?)".repeat(parameters.length - 1)), this::readAll, parameters);
    }

    /**
     * Stores a token, if the password hash of the account is still the one that was verified.
     *
     * @param name null for a login
     * @param lifespan null when it has none of its own
     * @return false when the account was deleted or its hash replaced
     */
    boolean insert(byte[] digest, UUID id, String name, Duration lifespan, RequestOrigin origin, Account account) {
        return statements.update(
                        INSERT,
                        digest,
                        id,
                        lifespan == null ? null : lifespan.toString(),
                        name,
                        origin.address(),
                        origin.userAgent(),
                        origin.activity(),
                        account.id(),
                        account.passwordHash())
                == 1;
    }

    /** The digest of the token that was deleted; empty when there was none. */
    Optional<byte[]> delete(long userId, UUID id) {
        return statements.list(DELETE, row -> row.getBytes(1), userId, id).stream()
                .findFirst();
    }

    /**
     * Deletes the tokens of an account.
     *
     * @param keptId null to delete all
     * @return number of tokens deleted
     */
    int deleteOthers(long userId, UUID keptId) {
        int deleted = 0;
        int batch;
        do {
            batch = statements.update(DELETE_OTHERS, userId, keptId);
            deleted += batch;
        } while (batch == BATCH);
        return deleted;
    }

    /** The moment up to which issued tokens are invalid. */
    Instant validFrom() {
        return statements.query("select valid_from from token_validity", Statements::firstInstant);
    }

    /** Null when the account never expires, or does not exist. */
    Instant accountExpiry(long userId) {
        return statements.query("select max(expires_at) from users where id = ?", Statements::firstInstant, userId);
    }

    /**
     * Makes all tokens invalid that were issued up to a moment.
     *
     * @param until null for now
     * @return the moment, by the database's clock; never in the future
     */
    Instant revokeAll(Instant until) {
        return statements.query(REVOKE_ALL, Statements::firstInstant, until);
    }

    private Map<ByteBuffer, TokenRow> readAll(ResultSet rows) throws SQLException {
        Map<ByteBuffer, TokenRow> found = new HashMap<>();
        while (rows.next()) {
            if (rows.isFirst()) {
                // The same in all rows, and reading a time is not cheap.
                trustedServer.require(Statements.instant(rows, 1), rows.getBoolean(2));
            }
            byte[] digest = rows.getBytes(3);
            if (digest != null) {
                found.put(ByteBuffer.wrap(digest), read(rows));
            }
        }
        return found;
    }

    /**
     * The next power of two, so that there are few distinct statements and the database keeps a plan of each; the last digest
     * is repeated. With an array as the only parameter, PostgreSQL would plan anew each time, since the plan depends on its
     * length.
     */
    private static int parameterCount(int digests) {
        return digests == 1 ? 1 : Integer.highestOneBit(digests - 1) * 2;
    }

    private static TokenRow read(ResultSet row) throws SQLException {
        return new TokenRow(
                new Caller(
                        row.getLong(7),
                        row.getString(8),
                        Role.valueOf(row.getString(9)),
                        Statements.instant(row, 10),
                        Statements.instant(row, 11),
                        row.getObject(4, UUID.class)),
                Statements.instant(row, 5),
                Statements.instant(row, 6),
                Statements.instant(row, 12));
    }
}
