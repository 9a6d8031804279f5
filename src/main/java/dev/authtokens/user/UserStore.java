package dev.authtokens.user;

import dev.authtokens.access.Role;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** The only door to the accounts. Every method is one transaction, or takes part in the caller's. */
@ApplicationScoped
public class UserStore {

    /** Guards "there is no user yet" between replicas that start together. */
    private static final int BOOTSTRAP_LOCK = 0x75736572;

    private final EntityManager entityManager;
    private final Clock clock;

    UserStore(EntityManager entityManager, Clock clock) {
        this.entityManager = entityManager;
        this.clock = clock;
    }

    @Transactional
    public Optional<Account> findAccount(EmailAddress email) {
        return User.findByEmail(email.canonical()).map(Account::of);
    }

    @Transactional
    public Optional<UserView> findView(long userId) {
        return User.<User>findByIdOptional(userId).map(UserView::of);
    }

    /**
     * Holds the account until the end of the caller's transaction, if its password is still the one that was verified:
     * a token issued under this lock is seen, and ended, by a change of password that comes after.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean holdWithPassword(long userId, String verifiedHash) {
        return User.findAndLock(userId, verifiedHash).isPresent();
    }

    /** Replaces the hash of an unchanged password by a newer one of the same password. */
    @Transactional
    public boolean replaceHash(long userId, String verifiedHash, String newHash) {
        return User.update("passwordHash = ?1 where id = ?2 and passwordHash = ?3", newHash, userId, verifiedHash) == 1;
    }

    @Transactional
    public boolean isEmpty() {
        return User.count() == 0;
    }

    /** Makes the first administrator; false when there is a user already, also one made by another replica just now. */
    @Transactional
    public boolean createFirstAdministrator(EmailAddress email, String passwordHash) {
        entityManager
                .createNativeQuery("select cast(pg_advisory_xact_lock(?1) as text)")
                .setParameter(1, BOOTSTRAP_LOCK)
                .getSingleResult();
        if (!isEmpty()) {
            return false;
        }
        User user = new User();
        user.email = email.written();
        user.emailCanonical = email.canonical();
        user.passwordHash = passwordHash;
        user.role = Role.ADMIN;
        user.createdAt = Instant.now(clock).truncatedTo(ChronoUnit.MICROS);
        user.persist();
        return true;
    }
}
