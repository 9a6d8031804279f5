package dev.authtokens.user;

import dev.authtokens.access.Role;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
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
    String emailCanonical;
    String passwordHash;

    @Enumerated(EnumType.STRING)
    Role role;

    Instant createdAt;
    Instant expiresAt;

    /** By address. The prefix is two bounds, since a pattern that is a parameter cannot limit the search in the index. */
    static List<User> page(String prefix, String after, int limit) {
        return find(
                        "emailCanonical >= ?1 and emailCanonical < ?2 and emailCanonical > ?3 order by emailCanonical",
                        prefix,
                        prefix + Character.toString(Character.MAX_CODE_POINT),
                        after)
                .page(0, limit)
                .list();
    }

    /** Whether another account is that of an administrator that has not expired. */
    static boolean hasAdministratorBeside(long id, Instant now) {
        return count("id <> ?1 and role = ?2 and (expiresAt is null or expiresAt > ?3)", id, Role.ADMIN, now) > 0;
    }

    static Optional<User> findAndLock(long id) {
        return findByIdOptional(id, LockModeType.PESSIMISTIC_WRITE);
    }

    /** Whether it is an administrator that has not expired. */
    boolean isAdministrator(Instant now) {
        return role == Role.ADMIN && (expiresAt == null || expiresAt.isAfter(now));
    }
}
