package dev.authtokens.token;

import dev.authtokens.ServiceConfig;
import dev.authtokens.access.Caller;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.audit.AuditLog;
import dev.authtokens.audit.Origin;
import dev.authtokens.user.Account;
import dev.authtokens.user.PasswordChanged;
import dev.authtokens.user.UserStore;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The only door to the tokens. What it acknowledged is committed. */
@ApplicationScoped
public class TokenStore {

    private final TokenLife life;
    private final LastUse lastUse;
    private final UserStore users;
    private final AuditLog audit;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    TokenStore(ServiceConfig config, LastUse lastUse, UserStore users, AuditLog audit, Clock clock) {
        this.life = TokenLife.of(config.token());
        this.lastUse = lastUse;
        this.users = users;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Issues a token to an account whose password was just verified.
     *
     * @return empty when the account was deleted or got another password meanwhile
     */
    @Transactional
    public Optional<TokenSecret> issue(Account account, String verifiedHash) {
        if (!users.holdWithPassword(account.id(), verifiedHash)) {
            return Optional.empty();
        }
        Origin origin = Origin.current();
        TokenSecret secret = TokenSecret.generate(random);
        AuthToken token = new AuthToken();
        token.digest = secret.digest();
        token.id = UUID.randomUUID();
        token.userId = account.id();
        token.createdAt = Instant.now(clock).truncatedTo(ChronoUnit.MICROS);
        token.address = origin.address();
        token.userAgent = origin.userAgent();
        token.activity = origin.activity();
        token.persist();
        audit.record(AuditKind.LOGIN, account.email(), token.id, null);
        return Optional.of(secret);
    }

    /** Whose token it is, and that it was used; empty when the token, or the account, is not good at this moment. */
    @Transactional
    public Optional<Caller> resolve(TokenSecret secret) {
        return inspect(secret).map(LiveToken::owner);
    }

    /** The same, and how long it is good. */
    @Transactional
    public Optional<LiveToken> inspect(TokenSecret secret) {
        byte[] digest = secret.digest();
        Instant now = Instant.now(clock);
        Optional<LiveToken> live = AuthToken.findWithOwner(digest)
                .map(found -> found.live(life, lastUse.latest(digest, found.lastUsedAt())))
                .filter(found -> found.isGood(now));
        live.ifPresent(found -> lastUse.record(digest, now));
        return live;
    }

    /** Takes part in the transaction of the change: the sessions end when the new password is in force, or neither. */
    void endOtherSessions(@Observes PasswordChanged change) {
        AuthToken.deleteOthers(change.userId(), change.keptTokenId());
    }

    /** Ends the caller's own token; false when somebody else ended it first. */
    @Transactional
    public boolean logOut(Caller caller) {
        boolean ended = AuthToken.delete(caller.userId(), caller.tokenId());
        if (ended) {
            audit.record(AuditKind.LOGOUT, caller.email(), caller.tokenId(), null);
        }
        return ended;
    }

    /**
     * The sessions of an account that are good now, the newest first.
     *
     * @param currentId the session that asks; null when it is none of the account's
     */
    @Transactional
    public List<Session> sessions(long userId, UUID currentId, int limit) {
        Instant now = Instant.now(clock);
        return AuthToken.ofUser(userId, limit).stream()
                .filter(token -> !life.isOver(token.createdAt, lastUse(token), now))
                .map(token -> Session.of(token, lastUse(token), life, currentId))
                .toList();
    }

    /** Ends one session of an account; false when it has none of this id. */
    @Transactional
    public boolean revoke(long userId, String email, UUID tokenId) {
        boolean ended = AuthToken.delete(userId, tokenId);
        if (ended) {
            audit.record(AuditKind.TOKEN_REVOKED, email, tokenId, null);
        }
        return ended;
    }

    /**
     * Ends the sessions of an account.
     *
     * @param keptId the one that goes on; null when all of them end
     * @return how many were ended
     */
    @Transactional
    public long revokeAll(long userId, String email, UUID keptId) {
        long ended = AuthToken.deleteOthers(userId, keptId);
        audit.record(AuditKind.TOKEN_REVOKED, email, null, "sessions: " + ended);
        return ended;
    }

    private Instant lastUse(AuthToken token) {
        return lastUse.latest(token.digest, token.lastUsedAt);
    }
}
