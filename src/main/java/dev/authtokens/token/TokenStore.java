package dev.authtokens.token;

import dev.authtokens.ServiceConfig;
import dev.authtokens.access.Caller;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.audit.AuditLog;
import dev.authtokens.audit.RequestOrigin;
import dev.authtokens.database.DatabaseClock;
import dev.authtokens.user.Account;
import dev.authtokens.user.AccountChanged;
import dev.authtokens.user.AccountDeleted;
import dev.authtokens.user.PasswordChanged;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** The only access to tokens. What it acknowledges is committed. */
@ApplicationScoped
public class TokenStore {

    private final TokenLifetime lifetime;
    private final TokenQueries queries;
    private final TokenLoader loader;
    private final TokenCache cache;
    private final Event<TokenRevoked> tokenRevoked;
    private final Event<AccountChanged> accountChanged;
    private final Event<AllRevoked> allRevoked;
    private final LastUse lastUse;
    private final AuditLog audit;
    private final DatabaseClock clock;
    private final SecureRandom random = new SecureRandom();

    TokenStore(
            ServiceConfig config,
            TokenQueries queries,
            TokenLoader loader,
            TokenCache cache,
            Event<TokenRevoked> tokenRevoked,
            Event<AccountChanged> accountChanged,
            Event<AllRevoked> allRevoked,
            LastUse lastUse,
            AuditLog audit,
            DatabaseClock clock) {
        this.lifetime = TokenLifetime.of(config.token());
        this.queries = queries;
        this.loader = loader;
        this.cache = cache;
        this.tokenRevoked = tokenRevoked;
        this.accountChanged = accountChanged;
        this.allRevoked = allRevoked;
        this.lastUse = lastUse;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Issues a token to an account.
     *
     * @param account with the password hash that was verified
     * @return empty when the account was deleted or its hash replaced meanwhile
     */
    @Transactional
    public Optional<TokenSecret> issue(Account account) {
        TokenSecret secret = TokenSecret.generate(random);
        UUID id = UUID.randomUUID();
        RequestOrigin origin = RequestOrigin.current();
        if (!queries.insert(secret.digest(), id, origin, account.id(), account.passwordHash())) {
            return Optional.empty();
        }
        audit.record(AuditKind.LOGIN, account.email(), id, null);
        return Optional.of(secret);
    }

    /**
     * Verifies a token. The result is complete at once when the token is cached, so an event loop may call this; else it comes
     * from a worker thread.
     *
     * @return empty when the token is unknown, revoked or expired, or its account has expired
     */
    public CompletionStage<Optional<VerifiedToken>> verify(TokenSecret secret) {
        byte[] digest = secret.digest();
        Instant now = clock.now();
        return cache.get(digest, now, lifetime, this::load).thenApply(cached -> {
            Optional<VerifiedToken> verified = cached.verify(lifetime, now);
            if (verified.isPresent() && cached.recordUse(now)) {
                lastUse.record(digest, now);
            }
            return verified;
        });
    }

    private CompletableFuture<CachedToken> load(byte[] digest) {
        Instant now = clock.now();
        // Read before the row too: a use that is written meanwhile may be missing in the row, and not pending
        // afterwards.
        Instant pending = lastUse.latest(digest, null);
        return loader.load(digest)
                .thenApply(found -> found.map(row -> new CachedToken(
                                row, lastUse.latest(digest, LastUse.later(row.lastUsedAt(), pending)), now))
                        .orElseGet(() -> new CachedToken(null, null, now)));
    }

    /** Part of the transaction of the change: either the new password is set and the tokens are revoked, or neither. */
    void passwordChanged(@Observes PasswordChanged change) {
        revokeOthers(change.userId(), change.keptTokenId());
    }

    /** Before the account's row is deleted, whose cascade would lock the tokens in no particular order. */
    void accountDeleted(@Observes AccountDeleted account) {
        revokeOthers(account.userId(), null);
    }

    /** Revokes the caller's own token; false when it was revoked already. */
    public boolean logOut(Caller caller) {
        return revoke(AuditKind.LOGOUT, caller.userId(), caller.email(), caller.tokenId(), null);
    }

    /** The valid tokens of an account, newest first. */
    @Transactional
    public List<IssuedToken> list(long userId, int limit) {
        Instant now = clock.now();
        Instant validFrom = queries.validFrom();
        Instant accountExpiresAt = queries.accountExpiry(userId);
        try (Stream<AuthToken> newest = AuthToken.ofUser(userId, limit)) {
            return newest.takeWhile(token -> token.createdAt.isAfter(validFrom))
                    .map(token -> issued(token, accountExpiresAt))
                    .filter(token -> token.expiresAt() == null || now.isBefore(token.expiresAt()))
                    .limit(limit)
                    .toList();
        }
    }

    private IssuedToken issued(AuthToken token, Instant accountExpiresAt) {
        Instant lastUsedAt = lastUse.latest(token.digest, token.lastUsedAt);
        return new IssuedToken(
                token.id,
                token.createdAt,
                lastUsedAt,
                lifetime.expiresAt(token.createdAt, lastUsedAt, accountExpiresAt)
                        .orElse(null),
                token.address,
                token.userAgent,
                token.activity);
    }

    /** Revokes one token of an account; false when the account has no token with this id. */
    public boolean revoke(long userId, String email, UUID tokenId) {
        return revoke(AuditKind.TOKEN_REVOKED, userId, email, tokenId, null);
    }

    /** Revokes a token by its secret, if it exists. */
    public void revoke(TokenSecret secret) {
        revoke(AuditKind.TOKEN_REVOKED, secret, null);
    }

    /**
     * Revokes a token that was sent where it gets logged.
     *
     * @param place for the audit log
     * @return false when there is no such token
     */
    public boolean revokeLeaked(TokenSecret secret, String place) {
        return revoke(AuditKind.TOKEN_LEAKED, secret, "place: " + place);
    }

    /** E-mail address of the account of a token; asking is not a use of the token. */
    public Optional<String> findAccount(TokenSecret secret) {
        return queries.find(secret.digest()).map(TokenRow::email);
    }

    /** Anybody may send a secret: one that does not exist costs a query and no transaction. */
    private boolean revoke(AuditKind kind, TokenSecret secret, String detail) {
        return queries.find(secret.digest())
                .filter(row -> revoke(kind, row.userId(), row.email(), row.tokenId(), detail))
                .isPresent();
    }

    @Transactional
    boolean revoke(AuditKind kind, long userId, String email, UUID tokenId, String detail) {
        Optional<byte[]> deleted = queries.delete(userId, tokenId);
        deleted.ifPresent(digest -> {
            tokenRevoked.fire(new TokenRevoked(digest));
            audit.record(kind, email, tokenId, detail);
        });
        return deleted.isPresent();
    }

    /**
     * Revokes the tokens of an account.
     *
     * @param keptId null to revoke all
     * @return number of tokens revoked
     */
    @Transactional
    public int revokeAll(long userId, String email, UUID keptId) {
        int revoked = revokeOthers(userId, keptId);
        audit.record(AuditKind.TOKEN_REVOKED, email, null, "sessions: " + revoked);
        return revoked;
    }

    /**
     * Revokes the tokens of all accounts that were issued up to a moment. They are deleted later, in batches.
     *
     * @param until null for now
     * @return the moment, by the database's clock; never in the future
     */
    @Transactional
    public Instant revokeEverybody(Instant until) {
        Instant validFrom = queries.revokeAll(until);
        allRevoked.fire(new AllRevoked());
        audit.record(AuditKind.TOKEN_REVOKED, null, null, "all accounts, issued up to: " + validFrom);
        return validFrom;
    }

    /** On this replica they are refused from the commit on; on others when these have read the revocation log. */
    private int revokeOthers(long userId, UUID keptId) {
        accountChanged.fire(new AccountChanged(userId));
        return queries.deleteOthers(userId, keptId);
    }
}
