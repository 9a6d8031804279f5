package dev.authtokens.login;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.audit.AuditLog;
import dev.authtokens.login.LoginThrottle.Attempt;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import dev.authtokens.user.Account;
import dev.authtokens.user.HashingPool;
import dev.authtokens.user.PasswordHasher;
import dev.authtokens.user.PasswordHasher.Verification;
import dev.authtokens.user.UserStore;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.vertx.core.Future;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * Proves who somebody is by e-mail address and password. Every attempt that fails gives the same answer after the same work,
 * so that nobody learns which accounts exist.
 */
@ApplicationScoped
public class Login {

    /** Looked for where there is no address, so that every refusal takes as many queries. */
    private static final EmailAddress NOBODY = new EmailAddress("", "");

    /** What a password is told for, which is how the audit trail names a wrong one. */
    public enum Purpose {
        LOG_IN(AuditKind.LOGIN, null),
        CHANGE_PASSWORD(AuditKind.PASSWORD_CHANGED, "current password");

        private final AuditKind kind;
        private final String detail;

        Purpose(AuditKind kind, String detail) {
            this.kind = kind;
            this.detail = detail;
        }

        AuditKind kind() {
            return kind;
        }

        /** Null when the kind says it all. */
        String detail() {
            return detail;
        }
    }

    private final UserStore users;
    private final PasswordHasher hasher;
    private final HashingPool pool;
    private final LoginThrottle throttle;
    private final AuditLog audit;
    private final Clock clock;

    Login(
            UserStore users,
            PasswordHasher hasher,
            HashingPool pool,
            LoginThrottle throttle,
            AuditLog audit,
            Clock clock) {
        this.users = users;
        this.hasher = hasher;
        this.pool = pool;
        this.throttle = throttle;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Verifies a password and goes on with the account. May be called on an event loop, which it does not block.
     *
     * @param purpose says how the audit trail names a failure; the throttle counts all alike
     * @param writtenEmail as it was sent
     * @param password null when it cannot be read: that fails like a wrong one
     * @param then gets the account with its current hash, in a transaction on a worker thread; empty when the account changed
     *     since it was read
     * @return fails with {@code INVALID_CREDENTIALS}, {@code ACCOUNT_EXPIRED} or {@code TOO_MANY_REQUESTS}
     */
    public <T> Future<T> verify(
            Purpose purpose, String writtenEmail, byte[] password, Function<Account, Optional<T>> then) {
        pool.enter();
        return Future.succeededFuture(writtenEmail)
                .map(EmailAddress::parse)
                .compose(email -> throttle.admit(purpose, writtenEmail, email)
                        .compose(attempt -> tryPassword(attempt, email, password, then)
                                // Once more: the hash was renewed at this moment, or the password changed.
                                .compose(result -> result.isPresent()
                                        ? Future.succeededFuture(result)
                                        : tryPassword(attempt, email, password, then))))
                .map(result -> result.orElseThrow(() -> new Problem(ProblemCode.INVALID_CREDENTIALS)))
                .onComplete(done -> pool.leave());
    }

    /** The password is hashed between two times at the database, without a connection. */
    private <T> Future<Optional<T>> tryPassword(
            Attempt attempt, Optional<EmailAddress> email, byte[] password, Function<Account, Optional<T>> then) {
        return pool.atDatabase(() -> users.findAccount(email.orElse(NOBODY)))
                .compose(account -> pool.hash(
                        () -> hasher.verify(
                                password, account.map(Account::passwordHash).orElse(null)),
                        verification -> finish(attempt, email, account, verification, then)));
    }

    private <T> Optional<T> finish(
            Attempt attempt,
            Optional<EmailAddress> email,
            Optional<Account> found,
            Verification verification,
            Function<Account, Optional<T>> then) {
        Account account = found.filter(any -> verification.matches())
                .orElseThrow(() -> refused(ProblemCode.INVALID_CREDENTIALS, attempt, email));
        if (account.isExpired(Instant.now(clock))) {
            throw refused(ProblemCode.ACCOUNT_EXPIRED, attempt, email);
        }
        Account current = verification
                .renewedHash()
                .filter(renewed -> users.replaceHash(account.id(), account.passwordHash(), renewed))
                .map(account::withHash)
                .orElse(account);
        return QuarkusTransaction.requiringNew().call(() -> {
            Optional<T> result = then.apply(current);
            result.ifPresent(done -> throttle.succeeded(attempt));
            return result;
        });
    }

    private Problem refused(ProblemCode code, Attempt attempt, Optional<EmailAddress> email) {
        throttle.failed(attempt);
        audit.recordFailure(
                attempt.purpose().kind(),
                code,
                email.map(EmailAddress::canonical).orElse(null),
                attempt.detail());
        return new Problem(code);
    }
}
