package dev.authtokens.user;

import dev.authtokens.access.Caller;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.access.Role;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.audit.AuditLog;
import dev.authtokens.database.DatabaseClock;
import dev.authtokens.database.Statements;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import io.quarkus.hibernate.orm.panache.Panache;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.hibernate.exception.ConstraintViolationException;
import org.postgresql.util.PSQLException;

/**
 * The access to accounts, beside {@link UserImport}. Every method is one transaction, or takes part in the caller's. Logins and
 * token holders look accounts up by {@link Statements}, in one round trip; everything else uses the entity.
 */
@ApplicationScoped
public class UserStore {

    private static final String LOCK = "select pg_advisory_xact_lock(hashtextextended('auth-tokens: ' || ?, 0))";

    /** Replicas that start together create one first administrator. */
    private static final String BOOTSTRAP_LOCK = "create the first administrator";

    private static final String ADMINISTRATORS_LOCK = "remove an administrator";

    /** Accounts in memory at once while many are listed. */
    private static final int PAGE = 1000;

    /** The constraint in the schema. */
    private static final String UNIQUE_EMAIL = "users_email_canonical_key";

    private static final String FIND_ACCOUNT =
            "select id, email, password_hash, role, created_at, expires_at from users where email_canonical = ?";

    private final Statements statements;
    private final Event<Object> events;
    private final AuditLog audit;
    private final DatabaseClock clock;

    UserStore(Statements statements, Event<Object> events, AuditLog audit, DatabaseClock clock) {
        this.statements = statements;
        this.events = events;
        this.audit = audit;
        this.clock = clock;
    }

    /** One round trip, whether the account exists or not. */
    public Optional<Account> findAccount(EmailAddress email) {
        return statements.list(FIND_ACCOUNT, Account::read, email.canonical()).stream()
                .findFirst();
    }

    /** @throws Problem {@code RESOURCE_NOT_FOUND} when no account has this e-mail address */
    public Account getAccount(String email) {
        return EmailAddress.parse(email).flatMap(this::findAccount).orElseThrow(UserStore::notFound);
    }

    /** @throws Problem {@code RESOURCE_NOT_FOUND} */
    public Account getAccount(EmailAddress email) {
        return findAccount(email).orElseThrow(UserStore::notFound);
    }

    /** @throws Problem 403 when it is not the caller's own, whether it exists or not; 404 for administrators only */
    public Account getAccountFor(Caller caller, String email) {
        Optional<Account> found = EmailAddress.parse(email).flatMap(this::findAccount);
        // By the id: the address in the token may belong to another account by now.
        if (caller.role() != Role.ADMIN
                && found.filter(account -> account.id() == caller.userId()).isEmpty()) {
            throw new Problem(ProblemCode.FORBIDDEN);
        }
        return found.orElseThrow(UserStore::notFound);
    }

    /** Replaces the hash of a verified password by a newer one of the same password; false when it is another one by now. */
    @Transactional
    public boolean replaceHash(long userId, String verifiedHash, String newHash) {
        return User.update("passwordHash = ?1 where id = ?2 and passwordHash = ?3", newHash, userId, verifiedHash) == 1;
    }

    @Transactional
    public boolean isEmpty() {
        return User.findAll().firstResultOptional().isEmpty();
    }

    /**
     * In the order of canonical addresses, after the given one, which may be empty. The first page is read at once, each other one
     * when it is needed, in a transaction of its own.
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

    /**
     * @param expiry {@link Expiry#NEVER} for never; not null
     * @throws Problem {@code RESOURCE_ALREADY_EXISTS} when an account has this e-mail address
     */
    @Transactional
    public void create(EmailAddress email, String passwordHash, Role role, Instant expiry) {
        User user = new User();
        user.email = email.displayForm();
        user.emailCanonical = email.canonical();
        user.passwordHash = passwordHash;
        user.role = role;
        user.createdAt = clock.now().truncatedTo(ChronoUnit.MICROS);
        user.expiresAt = Expiry.stored(expiry);
        requireUnique(user::persist);
        audit.record(AuditKind.USER_CREATED, email.canonical(), null, "role: " + role.wireName());
    }

    /**
     * Sessions stay valid under a new e-mail address.
     *
     * @throws Problem {@code RESOURCE_NOT_FOUND}, {@code RESOURCE_ALREADY_EXISTS}, or {@code INVALID_INPUT} when no
     *     administrator would be left
     */
    @Transactional
    public UserView modify(long userId, UserChange change) {
        User user = User.findAndLock(userId).orElseThrow(UserStore::notFound);
        if (change.removesAdministrator(clock.now())) {
            requireAnotherAdministrator(user);
        }
        if (change.isEmpty()) {
            return UserView.of(user);
        }
        String before = user.emailCanonical;
        change.email().ifPresent(address -> {
            user.email = address.displayForm();
            user.emailCanonical = address.canonical();
        });
        change.expiry().ifPresent(expiry -> user.expiresAt = Expiry.stored(expiry));
        change.role().ifPresent(role -> user.role = role);
        requireUnique(Panache::flush);
        events.fire(new AccountChanged(user.id));
        audit.record(AuditKind.USER_MODIFIED, before, null, change.describe());
        return UserView.of(user);
    }

    /** As {@link #setPassword}, but false when the account was deleted or its password changed since the account was read. */
    @Transactional
    public boolean changePassword(Account account, String newHash, UUID keptTokenId) {
        boolean changed = replaceHash(account.id(), account.passwordHash(), newHash);
        if (changed) {
            recordPasswordChange(account, keptTokenId);
        }
        return changed;
    }

    /**
     * Replaces the password, whatever it was, and revokes the account's other tokens.
     *
     * @param keptTokenId null to revoke all
     * @throws Problem {@code RESOURCE_NOT_FOUND}
     */
    @Transactional
    public void setPassword(Account account, String newHash, UUID keptTokenId) {
        if (User.update("passwordHash = ?1 where id = ?2", newHash, account.id()) == 0) {
            throw notFound();
        }
        recordPasswordChange(account, keptTokenId);
    }

    private void recordPasswordChange(Account account, UUID keptTokenId) {
        events.fire(new PasswordChanged(account.id(), keptTokenId));
        audit.record(AuditKind.PASSWORD_CHANGED, account.email(), null, null);
    }

    /** @throws Problem {@code RESOURCE_NOT_FOUND}, or {@code INVALID_INPUT} when no administrator would be left */
    @Transactional
    public void delete(long userId) {
        User user = User.findAndLock(userId).orElseThrow(UserStore::notFound);
        requireAnotherAdministrator(user);
        events.fire(new AccountDeleted(userId));
        user.delete();
        audit.record(AuditKind.USER_DELETED, user.emailCanonical, null, null);
    }

    /** One administrator is removed at a time, so that two of them who remove each other do not both succeed. */
    private void requireAnotherAdministrator(User user) {
        if (!user.isAdministrator(clock.now())) {
            return;
        }
        statements.query(LOCK, ResultSet::next, ADMINISTRATORS_LOCK);
        // Another one may have expired during the wait.
        if (!User.hasAdministratorBeside(user.id, clock.now())) {
            throw new Problem(
                    ProblemCode.INVALID_INPUT,
                    "This is the last administrator: create another one first, and try again.");
        }
    }

    /** Creates the first administrator; false when there is an account already, also one that another replica has just created. */
    @Transactional
    public boolean createFirstAdministrator(EmailAddress email, String passwordHash) {
        statements.query(LOCK, ResultSet::next, BOOTSTRAP_LOCK);
        if (!isEmpty()) {
            return false;
        }
        create(email, passwordHash, Role.ADMIN, Expiry.NEVER);
        return true;
    }

    /** By the unique index, so that of two concurrent transactions only one succeeds. */
    private static void requireUnique(Runnable write) {
        try {
            write.run();
        } catch (ConstraintViolationException e) {
            if (!isOfEmail(e)) {
                throw e;
            }
            throw new Problem(
                    ProblemCode.RESOURCE_ALREADY_EXISTS, "There is an account with this e-mail address already.");
        }
    }

    /** By the driver: Hibernate takes the name from the message, which is in the language of the server. */
    private static boolean isOfEmail(ConstraintViolationException violation) {
        return violation.getSQLException() instanceof PSQLException exception
                && exception.getServerErrorMessage() != null
                && UNIQUE_EMAIL.equals(exception.getServerErrorMessage().getConstraint());
    }

    private static Problem notFound() {
        return new Problem(ProblemCode.RESOURCE_NOT_FOUND, "The user could not be found.");
    }
}
