package dev.authtokens.token;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import org.hibernate.jpa.HibernateHints;

/**
 * An issued token, identified by the digest of its secret. Revoking a token deletes its row. Sessions are listed through this
 * entity; checks, logins and revocations use {@link TokenQueries}, where round trips count.
 */
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

    @Column(name = "expires_at")
    Instant expiresAt;

    String name;

    String address;

    @Column(name = "user_agent")
    String userAgent;

    String activity;

    /**
     * The tokens of an account, newest first. Rows are fetched as the stream is read; it must be closed.
     *
     * @param fetchSize rows of one round trip
     */
    static Stream<AuthToken> ofUser(long userId, int fetchSize) {
        return AuthToken.<AuthToken>find("userId = ?1 order by createdAt desc, id", userId)
                .withHint(HibernateHints.HINT_FETCH_SIZE, fetchSize)
                .stream();
    }
}
