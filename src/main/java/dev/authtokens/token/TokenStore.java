package dev.authtokens.token;

import dev.authtokens.ServiceConfig;
import dev.authtokens.access.Caller;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.audit.AuditLog;
import dev.authtokens.audit.Origin;
import dev.authtokens.user.Account;
import dev.authtokens.user.AccountChanged;
import dev.authtokens.user.AccountDeleted;
import dev.authtokens.user.PasswordChanged;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** The only door to the tokens. What it acknowledged is committed. */
@ApplicationScoped
public class TokenStore {

    private final TokenLife life;
    private final TokenLookup lookup;
    private final TokenReader reader;
    private final TokenCache cache;
    private final Event<TokenEnded> tokenEnded;
    private final Event<AccountChanged> accountChanged;
    private final LastUse lastUse;
    private final AuditLog audit;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    TokenStore(
            ServiceConfig config,
            TokenLookup lookup,
            TokenReader reader,
            TokenCache cache,
            Event<TokenEnded> tokenEnded,
            Event<AccountChanged> accountChanged,
            LastUse lastUse,
            AuditLog audit,
            Clock clock) {
        this.life = TokenLife.of(config.token());
        this.lookup = lookup;
        this.reader = reader;
        this.cache = cache;
        this.tokenEnded = tokenEnded;
        this.accountChanged = accountChanged;
        this.lastUse = lastUse;
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
        if (!token.insert(verifiedHash)) {
            return Optional.empty();
        }
        audit.record(AuditKind.LOGIN, account.email(), token.id, null);
        return Optional.of(secret);
    }

    /**
     * Whose token it is, and until when; empty when the token, or the account, is not good at this moment. The answer is
     * there at once where it is known, so that an event loop may ask; else it comes from a worker thread.
     */
    public CompletionStage<Optional<LiveToken>> inspect(TokenSecret secret) {
        byte[] digest = secret.digest();
        Instant now = Instant.now(clock);
        return cache.get(digest, now, life, this::read).thenApply(known -> {
            Optional<LiveToken> live = known.live(life, now);
            if (live.isPresent() && known.use(now)) {
                lastUse.record(digest, now);
            }
            return live;
        });
    }

    private CompletableFuture<KnownToken> read(byte[] digest) {
        Instant now = Instant.now(clock);
        // Asked before the reading too: a use that is written during it may be missing in it, and not pending
        // afterwards.
        Instant pending = lastUse.latest(digest, null);
        return reader.read(digest)
                .thenApply(found -> found.map(owner -> new KnownToken(
                                owner, lastUse.latest(digest, LastUse.later(owner.lastUsedAt(), pending)), now))
                        .orElseGet(() -> new KnownToken(null, null, now)));
    }

    /** Takes part in the transaction of the change: the sessions end when the new password is in force, or neither. */
    void endOtherSessions(@Observes PasswordChanged change) {
        endOthers(change.userId(), change.keptTokenId());
    }

    /** Before the account: what would go with it goes in an order that others keep too. */
    void endSessions(@Observes AccountDeleted account) {
        endOthers(account.userId(), null);
    }

    /** Ends the caller's own token; false when somebody else ended it first. */
    public boolean logOut(Caller caller) {
        return end(AuditKind.LOGOUT, caller.userId(), caller.email(), caller.tokenId());
    }

    /**
     * The sessions of an account that are good now, the newest first.
     *
     * @param currentId the session that asks; null when it is none of the account's
     */
    @Transactional
    public List<Session> sessions(long userId, UUID currentId, int limit) {
        Instant now = Instant.now(clock);
        try (Stream<AuthToken> newest = AuthToken.ofUser(userId, limit)) {
            return newest.filter(token -> !life.isOver(token.createdAt, lastUse(token), now))
                    .limit(limit)
                    .map(token -> Session.of(token, lastUse(token), life, currentId))
                    .toList();
        }
    }

    /** Ends one session of an account; false when it has none of this id. */
    public boolean revoke(long userId, String email, UUID tokenId) {
        return end(AuditKind.TOKEN_REVOKED, userId, email, tokenId);
    }

    /** Ends the token that somebody shows, if there is one. */
    public void revoke(TokenSecret secret) {
        end(AuditKind.TOKEN_REVOKED, secret);
    }

    /** Ends a token that was shown where others can read it, if there is one. */
    public void revokeLeaked(TokenSecret secret) {
        end(AuditKind.TOKEN_LEAKED, secret);
    }

    /** Anybody may ask for it: one that is none costs a query and no transaction. */
    private void end(AuditKind kind, TokenSecret secret) {
        lookup.find(secret.digest()).ifPresent(owner -> end(kind, owner.userId(), owner.email(), owner.tokenId()));
    }

    @Transactional
    boolean end(AuditKind kind, long userId, String email, UUID tokenId) {
        Optional<byte[]> ended = AuthToken.delete(userId, tokenId);
        ended.ifPresent(digest -> {
            tokenEnded.fire(new TokenEnded(digest));
            audit.record(kind, email, tokenId, null);
        });
        return ended.isPresent();
    }

    /**
     * Ends the sessions of an account.
     *
     * @param keptId the one that goes on; null when all of them end
     * @return how many were ended
     */
    @Transactional
    public int revokeAll(long userId, String email, UUID keptId) {
        int ended = endOthers(userId, keptId);
        audit.record(AuditKind.TOKEN_REVOKED, email, null, "sessions: " + ended);
        return ended;
    }

    /** Here they are refused from the commit on, everywhere else as soon as the news comes through. */
    private int endOthers(long userId, UUID keptId) {
        accountChanged.fire(new AccountChanged(userId));
        return AuthToken.deleteOthers(userId, keptId);
    }

    private Instant lastUse(AuthToken token) {
        return lastUse.latest(token.digest, token.lastUsedAt);
    }
}
