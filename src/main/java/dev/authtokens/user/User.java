package dev.authtokens.user;

import dev.authtokens.access.Role;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** An account. Its canonical e-mail address is unique; no expiry means that it never expires. */
@Entity
@Table(name = "users")
public class User extends PanacheEntityBase {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    Long id;

    String email;

    @Column(name = "email_canonical")
    String emailCanonical;

    @Column(name = "password_hash")
    String passwordHash;

    @Enumerated(EnumType.STRING)
    Role role;

    @Column(name = "created_at")
    Instant createdAt;

    @Column(name = "expires_at")
    Instant expiresAt;

    /** In the order of their addresses, from the one behind {@code after}. */
    static List<User> page(String prefix, String after, int limit) {
        return find(
                        "emailCanonical like ?1 escape '!' and emailCanonical > ?2 order by emailCanonical",
                        prefix.replaceAll("[!%_]", "!$0") + "%",
                        after)
                .page(0, limit)
                .list();
    }

    /** Those who have not expired. */
    static List<User> lockAdministrators(Instant now) {
        return find("role = ?1 and (expiresAt is null or expiresAt > ?2) order by id", Role.ADMIN, now)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .list();
    }

    static Optional<User> findAndLock(long id) {
        return findByIdOptional(id, LockModeType.PESSIMISTIC_WRITE);
    }
}
