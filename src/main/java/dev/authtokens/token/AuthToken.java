package dev.authtokens.token;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.hibernate.jpa.HibernateHints;

/** An issued token, known by the digest of its secret. Ending a token deletes its row. */
@Entity
@Table(name = "auth_tokens")
public class AuthToken extends PanacheEntityBase {

    private static final String INSERT = """
            insert into auth_tokens (digest, id, user_id, created_at, address, user_agent, activity)
            select :digest, :id, id, :created, :address, :userAgent, :activity
            from users where id = :user and password_hash = :hash for share""";

    @Id
    byte[] digest;

    UUID id;

    @Column(name = "user_id")
    long userId;

    @Column(name = "created_at")
    Instant createdAt;

    @Column(name = "last_used_at")
    Instant lastUsedAt;

    String address;

    @Column(name = "user_agent")
    String userAgent;

    String activity;

    /**
     * Stores it, if the account's password is still the one that was verified, and holds the account until the end of the
     * transaction: a change of the password that comes after sees, and ends, the token.
     */
    boolean insert(String verifiedHash) {
        return session()
                        .createNativeMutationQuery(INSERT)
                        .setParameter("digest", digest)
                        .setParameter("id", id)
                        .setParameter("created", createdAt)
                        .setParameter("address", address, String.class)
                        .setParameter("userAgent", userAgent, String.class)
                        .setParameter("activity", activity, String.class)
                        .setParameter("user", userId)
                        .setParameter("hash", verifiedHash)
                        .executeUpdate()
                == 1;
    }

    /**
     * The newest first, read as they are asked for; to be closed.
     *
     * @param expected how many will be, most of the time
     */
    static Stream<AuthToken> ofUser(long userId, int expected) {
        return AuthToken.<AuthToken>find("userId = ?1 order by createdAt desc, id", userId)
                .withHint(HibernateHints.HINT_FETCH_SIZE, expected)
                .stream();
    }

    /** The digest of the one that was deleted. */
    static Optional<byte[]> delete(long userId, UUID id) {
        return session()
                .createNativeQuery(
                        "delete from auth_tokens where user_id = :user and id = :id returning digest", byte[].class)
                .setParameter("user", userId)
                .setParameter("id", id)
                .uniqueResultOptional();
    }

    /**
     * Deletes those of an account, and tells how many. Locks the rows in the order of {@link LastUse}, so that neither waits
     * for the other in a circle.
     *
     * @param keptId null to delete them all
     */
    static int deleteOthers(long userId, UUID keptId) {
        return session()
                .createNativeMutationQuery("""
                        delete from auth_tokens where digest in (
                            select digest from auth_tokens where user_id = :user and id is distinct from :id
                            order by digest for update)""")
                .setParameter("user", userId)
                .setParameter("id", keptId, UUID.class)
                .executeUpdate();
    }

    private static Session session() {
        return getEntityManager().unwrap(Session.class);
    }
}
