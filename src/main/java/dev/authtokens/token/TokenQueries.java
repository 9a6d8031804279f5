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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The statements of token checks, logins and revocations. Each is one round trip, which is why they bypass the entity. */
@Singleton
class TokenQueries {

    /**
     * One row for each digest, with the server that answered. The limit makes PostgreSQL look up each digest by the primary key and
     * keep one plan; else it would scan the table for many digests, and plan anew each time.
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

    /**
     * Locks the account until the commit: a password change that follows sees this token and revokes it. The token is valid even if
     * the clock was put back after all tokens were revoked.
     */
    private static final String INSERT = """
            insert into auth_tokens (digest, id, user_id, created_at, expires_at, name, address, user_agent, activity)
            select ?, ?, id, greatest(clock_timestamp(), valid_from + interval '1 microsecond'),
                clock_timestamp() + cast(? as interval), ?, ?, ?, ?
            from users cross join token_validity where id = ? and password_hash = ? for share of users""";

    private static final String DELETE = "delete from auth_tokens where user_id = ? and id = ? returning digest";

    /** Tokens that one statement reads, within its timeout. */
    static final int READ_BATCH = 10_000;

    /** Tokens that one statement deletes. */
    private static final int DELETE_BATCH = 2_000;

    /** Digests in memory at a time, about: an account may have millions of tokens. */
    private static final int MAX_DIGESTS = 200_000;

    private static final int DIGEST_BYTE_VALUES = 256;

    /** Fills up the parameters: no token has this digest. */
    private static final byte[] NO_DIGEST = {};

    private static final String COUNT_OF_USER = "select count(*) from auth_tokens where user_id = ?";

    private static final String DIGESTS_OF_USER =
            "select digest, id from auth_tokens where user_id = ? and id > ? order by id limit " + READ_BATCH;

    /** Locks rows in one order, so that two revocations do not deadlock. {@link LastUse} skips locked rows. */
    private static final String DELETE_DIGESTS = """
            delete from auth_tokens where digest = any(array(
                select digest from auth_tokens where digest = any(?) order by digest for update))""";

    private static final String REVOKE_EVERYONE = """
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
        Arrays.fill(digests.toArray(parameters), digests.size(), parameters.length, NO_DIGEST);
        return statements.query(FIND.formatted(", (?)".repeat(parameters.length - 1)), this::readAll, parameters);
    }

    /** As {@link TokenStore#issue}; false when the account was deleted or its hash replaced since it was verified. */
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

    /** Deletes the tokens of an account but the one that is kept, or all with null; returns their number. */
    int deleteOthers(long userId, UUID keptId) {
        long tokens = statements.query(COUNT_OF_USER, row -> row.next() ? row.getLong(1) : 0, userId);
        int slices = (int) Math.min(1 + tokens / MAX_DIGESTS, DIGEST_BYTE_VALUES);
        int deleted = 0;
        for (int slice = 0; slice < slices; slice++) {
            deleted += delete(digestsOfOthers(userId, keptId, slice, slices));
        }
        return deleted;
    }

    private int delete(List<byte[]> digests) {
        digests.sort(Arrays::compareUnsigned);
        int deleted = 0;
        for (int from = 0; from < digests.size(); from += DELETE_BATCH) {
            Object batch = digests.subList(from, Math.min(from + DELETE_BATCH, digests.size()))
                    .toArray(byte[][]::new);
            deleted += statements.update(DELETE_DIGESTS, batch);
        }
        return deleted;
    }

    /**
     * The digests of one slice, chosen by their first byte. Read in pages along the index: a statement that selects and deletes
     * would pass over what was deleted before, again each time.
     */
    private List<byte[]> digestsOfOthers(long userId, UUID keptId, int slice, int slices) {
        record Listed(byte[] digest, UUID id) {}
        List<byte[]> digests = new ArrayList<>();
        UUID last = new UUID(0, 0);
        List<Listed> page;
        do {
            page = statements.list(
                    DIGESTS_OF_USER, row -> new Listed(row.getBytes(1), row.getObject(2, UUID.class)), userId, last);
            page.stream()
                    .filter(token -> !token.id().equals(keptId))
                    .map(Listed::digest)
                    .filter(digest -> (digest[0] & 0xff) * slices / DIGEST_BYTE_VALUES == slice)
                    .forEach(digests::add);
            last = page.isEmpty() ? last : page.get(page.size() - 1).id();
        } while (page.size() == READ_BATCH);
        return digests;
    }

    /** The moment up to which issued tokens are invalid. */
    Instant validFrom() {
        return statements.query("select valid_from from token_validity", Statements::firstInstant);
    }

    /** As {@link TokenStore#revokeEveryone}. */
    Instant revokeEveryone(Instant until) {
        return statements.query(REVOKE_EVERYONE, Statements::firstInstant, until);
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

    /** The next power of two, so that PostgreSQL keeps the plans of a few statements: with an array it would plan anew. */
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
