package dev.authtokens.user;

import dev.authtokens.access.Role;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.exception.ConstraintViolationException;

/** The only door to the accounts. Every method is one transaction, or takes part in the caller's. */
@ApplicationScoped
public class UserStore {

    /** Guards "there is no user yet" between replicas that start together. */
    private static final int BOOTSTRAP_LOCK = 0x75736572;

    private final EntityManager entityManager;
    private final Event<PasswordChanged> passwordChanged;
    private final Clock clock;

    UserStore(EntityManager entityManager, Event<PasswordChanged> passwordChanged, Clock clock) {
        this.passwordChanged = passwordChanged;
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

    /** Accounts in the order of their canonical addresses, from the one behind {@code after}, which may be empty. */
    @Transactional
    public List<UserView> page(String prefix, String after, int limit) {
        return User.page(prefix, after, limit).stream().map(UserView::of).toList();
    }

    @Transactional
    public Optional<UserView> findView(EmailAddress email) {
        return User.findByEmail(email.canonical()).map(UserView::of);
    }

    /** @throws Problem {@code RESOURCE_ALREADY_EXISTS} when the address has an account, also one made just now */
    @Transactional
    public void create(EmailAddress email, String passwordHash, Role role, Optional<Instant> expiresAt) {
        unlessTaken(() -> persist(email, passwordHash, role, expiresAt.orElse(null)));
    }

    /**
     * Changes what is given; sessions go on under a new address.
     *
     * @param expiresAt empty: stays; in it, another Optional: empty means never
     * @return empty when there is no such account
     * @throws Problem {@code RESOURCE_ALREADY_EXISTS} when the new address has an account
     */
    @Transactional
    public Optional<UserView> modify(
            EmailAddress email, Optional<EmailAddress> newEmail, Optional<Optional<Instant>> expiresAt) {
        return User.findByEmail(email.canonical()).map(user -> {
            newEmail.ifPresent(address -> {
                user.email = address.written();
                user.emailCanonical = address.canonical();
            });
            expiresAt.ifPresent(expiry -> user.expiresAt = expiry.orElse(null));
            unlessTaken(entityManager::flush);
            return UserView.of(user);
        });
    }

    /** Replaces the password if it is still the one that {@code oldHash} is of, and ends the account's other sessions. */
    @Transactional
    public boolean changePassword(long userId, String oldHash, String newHash, UUID keptTokenId) {
        boolean changed = replaceHash(userId, oldHash, newHash);
        if (changed) {
            passwordChanged.fire(new PasswordChanged(userId, keptTokenId));
        }
        return changed;
    }

    /** What became of an attempt to delete an account. */
    public enum Deletion {
        DELETED,
        NOT_FOUND,
        LAST_ADMINISTRATOR
    }

    /** Deletes an account with its tokens, unless nobody could administer the service after it. */
    @Transactional
    public Deletion delete(EmailAddress email) {
        // Locked, so that two administrators who delete each other do not both succeed.
        List<User> administrators = User.lockAdministrators();
        Optional<User> found = User.findByEmail(email.canonical());
        if (found.isEmpty()) {
            return Deletion.NOT_FOUND;
        }
        if (administrators.equals(List.of(found.get()))) {
            return Deletion.LAST_ADMINISTRATOR;
        }
        found.get().delete();
        return Deletion.DELETED;
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
        persist(email, passwordHash, Role.ADMIN, null);
        return true;
    }

    private void persist(EmailAddress email, String passwordHash, Role role, Instant expiresAt) {
        User user = new User();
        user.email = email.written();
        user.emailCanonical = email.canonical();
        user.passwordHash = passwordHash;
        user.role = role;
        user.createdAt = Instant.now(clock).truncatedTo(ChronoUnit.MICROS);
        user.expiresAt = expiresAt;
        user.persist();
    }

    /** The unique index decides, whatever others do at the same moment. */
    private static void unlessTaken(Runnable write) {
        try {
            write.run();
        } catch (ConstraintViolationException e) {
            throw new Problem(
                    ProblemCode.RESOURCE_ALREADY_EXISTS, "There is an account with this e-mail address already.");
        }
    }
}
