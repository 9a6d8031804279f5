package dev.authtokens.check;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.authtokens.access.AuthorizationHeader.Basic;
import dev.authtokens.access.Caller;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.login.Login;
import dev.authtokens.user.Account;
import dev.authtokens.user.UserStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Knows programs by HTTP Basic (RFC 7617). A password is hashed once; from then on it is remembered, under a key that this
 * process alone has, which stored hash it matched, and one query tells whether that is still the account's: so a change of
 * the password or the account counts at once.
 */
@Singleton
class BasicCredentials {

    private static final String HMAC = "HmacSHA256";

    private final UserStore users;
    private final Login login;
    private final Clock clock;
    private final SecretKeySpec key;
    final Cache<String, String> matchedHashes = Caffeine.newBuilder()
            .maximumSize(1000)
            .expireAfterAccess(1, TimeUnit.HOURS)
            .build();

    BasicCredentials(UserStore users, Login login, Clock clock) {
        this.users = users;
        this.login = login;
        this.clock = clock;
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.key = new SecretKeySpec(random, HMAC);
    }

    /** Empty when the account has expired; fails as a login does. */
    CompletionStage<Optional<Caller>> caller(Basic credentials) {
        String seal = seal(credentials);
        String matched = matchedHashes.getIfPresent(seal);
        Context request = Vertx.currentContext();
        Future<Optional<Account>> known = matched == null
                ? Future.succeededFuture(Optional.empty())
                : request.executeBlocking(() -> findUnchanged(credentials.email(), matched), false);
        return known.compose(account -> account.isPresent()
                        ? Future.succeededFuture(account.get())
                        : login.verify(Login.Purpose.LOG_IN, credentials.email(), credentials.password(), Optional::of))
                .map(account -> {
                    matchedHashes.put(seal, account.passwordHash());
                    return account.isExpired(Instant.now(clock))
                            ? Optional.<Caller>empty()
                            : Optional.of(new Caller(account.id(), account.email(), account.role(), null));
                })
                .toCompletionStage();
    }

    private Optional<Account> findUnchanged(String email, String matchedHash) {
        return EmailAddress.parse(email)
                .flatMap(users::findAccount)
                .filter(account -> account.passwordHash().equals(matchedHash));
    }

    private String seal(Basic credentials) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            mac.update(credentials.email().getBytes(StandardCharsets.UTF_8));
            mac.update((byte) ':');
            return HexFormat.of().formatHex(mac.doFinal(credentials.password()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
