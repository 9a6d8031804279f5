package dev.authtokens.user;

import dev.authtokens.Statements;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.access.Role;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.audit.AuditLog;
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
import java.util.stream.Stream;
import org.hibernate.exception.ConstraintViolationException;

/** The only door to the accounts. Every method is one transaction, or takes part in the caller's. */
@ApplicationScoped
public class UserStore {

    /** Guards "there is no user yet" between replicas that start together. */
    private static final int BOOTSTRAP_LOCK = 0x75736572;

    /** Accounts that are in memory at once while many are listed. */
    private static final int PAGE = 1000;

    private static final String FIND_ACCOUNT =
            "select id, email, password_hash, role, created_at, expires_at from users where email_canonical = ?";

    private final EntityManager entityManager;
    private final Statements statements;
    private final Event<PasswordChanged> passwordChanged;
    private final Event<AccountChanged> accountChanged;
    private final Event<AccountDeleted> accountDeleted;
    private final AuditLog audit;
    private final Clock clock;

    UserStore(
            EntityManager entityManager,
            Statements statements,
            Event<PasswordChanged> passwordChanged,
            Event<AccountChanged> accountChanged,
            Event<AccountDeleted> accountDeleted,
            AuditLog audit,
            Clock clock) {
        this.entityManager = entityManager;
        this.statements = statements;
        this.passwordChanged = passwordChanged;
        this.accountChanged = accountChanged;
        this.accountDeleted = accountDeleted;
        this.audit = audit;
        this.clock = clock;
    }

    /** One round trip, whether there is such an account or not. */
    public Optional<Account> findAccount(EmailAddress email) {
        return statements.query(
                FIND_ACCOUNT, row -> row.next() ? Optional.of(Account.read(row)) : Optional.empty(), email.canonical());
    }

    @Transactional
    public Optional<UserView> findView(long userId) {
        return User.<User>findByIdOptional(userId).map(UserView::of);
    }

    /** Replaces the hash of an unchanged password by a newer one of the same password. */
    @Transactional
    public boolean replaceHash(long userId, String verifiedHash, String newHash) {
        return User.update("passwordHash = ?1 where id = ?2 and passwordHash = ?3", newHash, userId, verifiedHash) == 1;
    }

    @Transactional
    public boolean isEmpty() {
        return User.findAll().page(0, 1).list().isEmpty();
    }

    /**
     * Accounts in the order of their canonical addresses, from the one behind {@code after}, which may be empty. The first
     * ones are read at once, and then a page at a time, each in a transaction of its own.
     */
    public Stream<UserView> list(String prefix, String after, int limit) {
        int size = Math.min(PAGE, limit);
        return Stream.iterate(
                        page(prefix, after, size),
                        page -> !page.isEmpty(),
                        page -> page(
                                prefix,
                                EmailAddress.canonical(page.get(page.size() - 1).email()),
                                size))
                .flatMap(List::stream)
                .limit(limit);
    }

    @Transactional
    List<UserView> page(String prefix, String after, int limit) {
        return User.page(prefix, after, limit).stream().map(UserView::of).toList();
    }

    /** @throws Problem {@code RESOURCE_ALREADY_EXISTS} when the address has an account, also one made just now */
    @Transactional
    public void create(EmailAddress email, String passwordHash, Role role, Optional<Instant> expiresAt) {
        unlessTaken(() -> persist(email, passwordHash, role, expiresAt.orElse(null)));
        audit.record(AuditKind.USER_CREATED, email.canonical(), null, "role: " + role.written());
    }

    /**
     * Changes what is given; sessions go on under a new address.
     *
     * @return empty when there is no such account
     * @throws Problem {@code RESOURCE_ALREADY_EXISTS} when the new address has an account, {@code INVALID_INPUT} when nobody
     *     could administer the service after it
     */
    @Transactional
    public Optional<UserView> modify(long userId, UserChange change) {
        if (change.isEmpty()) {
            return findView(userId);
        }
        if (change.endsAdministration(Instant.now(clock))) {
            requireAnotherAdministrator(userId);
        }
        return User.findAndLock(userId).map(user -> {
            String before = user.emailCanonical;
            change.email().ifPresent(address -> {
                user.email = address.written();
                user.emailCanonical = address.canonical();
            });
            change.expiresAt().ifPresent(expiry -> user.expiresAt = expiry.orElse(null));
            change.role().ifPresent(role -> user.role = role);
            unlessTaken(entityManager::flush);
            accountChanged.fire(new AccountChanged(user.id));
            audit.record(AuditKind.USER_MODIFIED, before, null, change.describe());
            return UserView.of(user);
        });
    }

    /** Replaces the password if it is still the one that {@code oldHash} is of, and ends the account's other sessions. */
    @Transactional
    public boolean changePassword(Account account, String newHash, UUID keptTokenId) {
        return endOtherSessions(replaceHash(account.id(), account.passwordHash(), newHash), account, keptTokenId);
    }

    /** The same whatever the password was until now; false when the account is gone. */
    @Transactional
    public boolean setPassword(Account account, String newHash, UUID keptTokenId) {
        return endOtherSessions(
                User.update("passwordHash = ?1 where id = ?2", newHash, account.id()) == 1, account, keptTokenId);
    }

    private boolean endOtherSessions(boolean changed, Account account, UUID keptTokenId) {
        if (changed) {
            passwordChanged.fire(new PasswordChanged(account.id(), account.email(), keptTokenId));
            audit.record(AuditKind.PASSWORD_CHANGED, account.email(), null, null);
        }
        return changed;
    }

    /**
     * Deletes an account with its tokens; false when there is no such account.
     *
     * @throws Problem {@code INVALID_INPUT} when nobody could administer the service after it
     */
    @Transactional
    public boolean delete(long userId) {
        requireAnotherAdministrator(userId);
        Optional<User> found = User.findAndLock(userId);
        found.ifPresent(user -> {
            accountDeleted.fire(new AccountDeleted(userId));
            user.delete();
            audit.record(AuditKind.USER_DELETED, user.emailCanonical, null, null);
        });
        return found.isPresent();
    }

    /** Locks all of them, so that two administrators who remove each other do not both succeed. */
    private void requireAnotherAdministrator(long userId) {
        List<User> administrators = User.lockAdministrators(Instant.now(clock));
        if (administrators.size() == 1 && administrators.get(0).id == userId) {
            throw new Problem(
                    ProblemCode.INVALID_INPUT,
                    "This is the last administrator: make another one before, and try again.");
        }
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
        create(email, passwordHash, Role.ADMIN, Optional.empty());
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
