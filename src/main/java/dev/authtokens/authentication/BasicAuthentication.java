package dev.authtokens.authentication;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.authtokens.access.AuthorizationHeader.Basic;
import dev.authtokens.access.Caller;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.audit.RequestOrigin;
import dev.authtokens.database.DatabaseClock;
import dev.authtokens.login.Login;
import dev.authtokens.login.LoginExecutor;
import dev.authtokens.password.PasswordHasher;
import dev.authtokens.user.Account;
import dev.authtokens.user.UserStore;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Authenticates programs by HTTP Basic (RFC 7617). A password is hashed once. From then on its HMAC, keyed by a secret of this
 * process, is kept with the stored hash that it matched, and one query checks that the account still has that hash and has not
 * expired. The HMAC covers the client address too: from another one, even the right password must pass the throttle.
 */
@Singleton
class BasicAuthentication {

    private final UserStore users;
    private final LoginExecutor executor;
    private final Login login;
    private final DatabaseClock clock;
    private final byte[] key = new byte[32];
    final Cache<String, String> matchedHashes = Caffeine.newBuilder()
            .maximumSize(1000)
            .expireAfterAccess(1, TimeUnit.HOURS)
            .build();

    BasicAuthentication(UserStore users, LoginExecutor executor, Login login, DatabaseClock clock) {
        this.users = users;
        this.executor = executor;
        this.login = login;
        this.clock = clock;
        new SecureRandom().nextBytes(key);
    }

    /** Fails as a login does, whether the password was hashed before or not. */
    CompletionStage<Caller> authenticate(Basic credentials) {
        String mac = mac(credentials);
        String matchedHash = matchedHashes.getIfPresent(mac);
        if (matchedHash == null) {
            return executor.attempt(credentials.email(), () -> logIn(credentials, mac));
        }
        return Vertx.currentContext()
                .executeBlocking(() -> findUnchanged(credentials.email(), matchedHash), false)
                .toCompletionStage()
                .thenCompose(account -> account.isPresent()
                        ? CompletableFuture.completedStage(caller(account.get()))
                        : executor.attempt(credentials.email(), () -> logIn(credentials, mac)));
    }

    private Caller logIn(Basic credentials, String mac) {
        Account account = login.verify(AuditKind.LOGIN, credentials.email(), credentials.password());
        matchedHashes.put(mac, account.passwordHash());
        return caller(account);
    }

    private static Caller caller(Account account) {
        return new Caller(
                account.id(), account.email(), account.role(), account.createdAt(), account.expiresAt(), null);
    }

    private Optional<Account> findUnchanged(String email, String matchedHash) {
        return EmailAddress.parse(email)
                .flatMap(users::findAccount)
                .filter(account -> account.passwordHash().equals(matchedHash) && !account.isExpired(clock.now()));
    }

    private String mac(Basic credentials) {
        String user = credentials.email() + ":" + RequestOrigin.current().address();
        byte[] keyOfUser = PasswordHasher.hmac(key, user.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(PasswordHasher.hmac(keyOfUser, credentials.password()));
    }
}
