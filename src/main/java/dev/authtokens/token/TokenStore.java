package dev.authtokens.token;

import dev.authtokens.ServiceConfig;
import dev.authtokens.access.Caller;
import dev.authtokens.user.PasswordChanged;
import dev.authtokens.user.UserStore;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/** The only door to the tokens. What it acknowledged is committed. */
@ApplicationScoped
public class TokenStore {

    private final TokenLife life;
    private final LastUse lastUse;
    private final UserStore users;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    TokenStore(ServiceConfig config, LastUse lastUse, UserStore users, Clock clock) {
        this.life = TokenLife.of(config.token());
        this.lastUse = lastUse;
        this.users = users;
        this.clock = clock;
    }

    /**
     * Issues a token to an account whose password was just verified.
     *
     * @return empty when the account was deleted or got another password meanwhile
     */
    @Transactional
    public Optional<TokenSecret> issue(long userId, String verifiedHash) {
        if (!users.holdWithPassword(userId, verifiedHash)) {
            return Optional.empty();
        }
        TokenSecret secret = TokenSecret.generate(random);
        AuthToken token = new AuthToken();
        token.digest = secret.digest();
        token.id = UUID.randomUUID();
        token.userId = userId;
        token.createdAt = Instant.now(clock).truncatedTo(ChronoUnit.MICROS);
        token.persist();
        return Optional.of(secret);
    }

    /** Whose token it is, and that it was used; empty when the token, or the account, is not good at this moment. */
    @Transactional
    public Optional<Caller> resolve(TokenSecret secret) {
        byte[] digest = secret.digest();
        Instant now = Instant.now(clock);
        Optional<TokenOwner> owner = AuthToken.findWithOwner(digest)
                .filter(found -> !found.isAccountExpired(now))
                .filter(found -> !life.isOver(found.createdAt(), lastUse.latest(digest, found.lastUsedAt()), now));
        owner.ifPresent(found -> lastUse.record(digest, now));
        return owner.map(TokenOwner::caller);
    }

    /** Takes part in the transaction of the change: the sessions end when the new password is in force, or neither. */
    void endOtherSessions(@Observes PasswordChanged change) {
        AuthToken.deleteOthers(change.userId(), change.keptTokenId());
    }

    /** Ends a token; false when somebody else ended it first. */
    @Transactional
    public boolean revoke(Caller caller) {
        return AuthToken.delete(caller.userId(), caller.tokenId());
    }
}
