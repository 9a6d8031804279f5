package dev.authtokens.login;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.database.DatabaseClock;
import dev.authtokens.login.LoginThrottle.Attempt;
import dev.authtokens.password.HashingPool;
import dev.authtokens.password.PasswordHasher.Verification;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import dev.authtokens.token.TokenSecret;
import dev.authtokens.token.TokenStore;
import dev.authtokens.user.Account;
import dev.authtokens.user.UserStore;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.Optional;

/**
 * Verifies e-mail address and password. Every failure gives the same answer after the same work, so that it does not show
 * which accounts exist. Its methods block: call them on {@link LoginExecutor}.
 */
@ApplicationScoped
public class Login {

    /** Looked up in place of an address that cannot be parsed, so that every refusal makes the same queries. */
    private static final EmailAddress NO_ADDRESS = new EmailAddress("", "");

    private final LoginThrottle throttle;
    private final UserStore users;
    private final HashingPool hashing;
    private final TokenStore tokens;
    private final DatabaseClock clock;

    Login(LoginThrottle throttle, UserStore users, HashingPool hashing, TokenStore tokens, DatabaseClock clock) {
        this.throttle = throttle;
        this.users = users;
        this.hashing = hashing;
        this.tokens = tokens;
        this.clock = clock;
    }

    /**
     * @param email as it was sent
     * @param password null when it could not be decoded: fails like a wrong one
     * @throws Problem {@code INVALID_CREDENTIALS}, {@code ACCOUNT_EXPIRED} or {@code TOO_MANY_REQUESTS}
     */
    public TokenSecret logIn(String email, byte[] password) {
        try (Attempt attempt = throttle.admit(AuditKind.LOGIN, email)) {
            Account account = verify(attempt, password);
            TokenSecret issued = issue(attempt, account)
                    // Another login renewed the hash, or the password was changed, since it was verified.
                    .or(() -> issue(attempt, verify(attempt, password)))
                    .orElseThrow(() -> new Problem(ProblemCode.INVALID_CREDENTIALS));
            attempt.settle();
            return issued;
        }
    }

    /** As {@link #logIn}, without a token. The audit log names a failure by the purpose; the throttle counts all together. */
    public Account verify(AuditKind purpose, String email, byte[] password) {
        try (Attempt attempt = throttle.admit(purpose, email)) {
            Account account = verify(attempt, password);
            throttle.succeeded(attempt);
            attempt.settle();
            return account;
        }
    }

    /** The account with its current hash: one of an older cost or pepper is renewed. */
    private Account verify(Attempt attempt, byte[] password) {
        Optional<Account> found =
                users.findAccount(attempt.email.orElse(NO_ADDRESS)).filter(attempt::isOf);
        Verification verification =
                hashing.verify(password, found.map(Account::passwordHash).orElse(null));
        Account account = found.filter(any -> verification.matches())
                .orElseThrow(() -> throttle.refuse(attempt, ProblemCode.INVALID_CREDENTIALS));
        if (account.isExpired(clock.now())) {
            throw throttle.refuse(attempt, ProblemCode.ACCOUNT_EXPIRED);
        }
        return verification
                .renewedHash()
                .filter(renewed -> users.replaceHash(account.id(), account.passwordHash(), renewed))
                .map(account::withHash)
                .orElse(account);
    }

    /** Empty when the account was deleted or its hash replaced since it was verified. */
    @Transactional
    Optional<TokenSecret> issue(Attempt attempt, Account account) {
        Optional<TokenSecret> issued = tokens.issue(account);
        if (issued.isPresent()) {
            throttle.succeeded(attempt);
        }
        return issued;
    }
}
