package dev.authtokens.token;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** An issued token, known by the digest of its secret. Ending a token deletes its row. */
@Entity
@Table(name = "auth_tokens")
public class AuthToken extends PanacheEntityBase {

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

    static Optional<TokenOwner> findWithOwner(byte[] digest) {
        return find("""
                        select t.id, t.createdAt, t.lastUsedAt, u.id, u.email, u.role, u.expiresAt
                        from AuthToken t join User u on u.id = t.userId
                        where t.digest = ?1""", digest).project(TokenOwner.class).firstResultOptional();
    }

    /** The newest first. */
    static List<AuthToken> ofUser(long userId, int limit) {
        return find("userId = ?1 order by createdAt desc, id", userId)
                .page(0, limit)
                .list();
    }

    static boolean delete(long userId, UUID id) {
        return delete("userId = ?1 and id = ?2", userId, id) == 1;
    }

    /** @param keptId null to delete them all */
    static long deleteOthers(long userId, UUID keptId) {
        return keptId == null ? delete("userId", userId) : delete("userId = ?1 and id <> ?2", userId, keptId);
    }
}
