package dev.authtokens.token;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** An issued token, for lists of sessions. Revoking it deletes its row. For checks and logins see {@link TokenQueries}. */
@Entity
@Table(name = "auth_tokens")
public class AuthToken extends PanacheEntityBase {

    @Id
    byte[] digest;

    UUID id;
    long userId;
    Instant createdAt;
    Instant lastUsedAt;
    Instant expiresAt;
    String name;
    String address;
    String userAgent;
    String activity;
}
