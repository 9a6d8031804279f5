package dev.authtokens.token;

import dev.authtokens.ServiceConfig;
import dev.authtokens.access.Caller;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.audit.AuditLog;
import dev.authtokens.audit.RequestOrigin;
import dev.authtokens.database.DatabaseClock;
import dev.authtokens.database.Outage;
import dev.authtokens.problem.DatabaseFailure;
import dev.authtokens.user.Account;
import dev.authtokens.user.AccountChanged;
import dev.authtokens.user.AccountDeleted;
import dev.authtokens.user.Expiry;
import dev.authtokens.user.PasswordChanged;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.hibernate.orm.panache.Panache;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.hibernate.jpa.HibernateHints;

/** The only access to tokens. What it acknowledges is committed. */
@ApplicationScoped
public class TokenStore {

    /** Rows in a round trip. */
    private static final int FETCH_SIZE = 1000;

    private final TokenLifetime lifetime;
    private final TokenQueries queries;
    private final TokenCache cache;
    private final Event<Object> events;
    private final LastUse lastUse;
    private final AuditLog audit;
    private final DatabaseClock clock;
    private final Outage outage;
    private final Counter stale;
    private final SecureRandom random = new SecureRandom();

    TokenStore(
            ServiceConfig config,
            TokenQueries queries,
            TokenCache cache,
            Event<Object> events,
            LastUse lastUse,
            AuditLog audit,
            DatabaseClock clock,
            Outage outage,
            MeterRegistry metrics) {
        this.lifetime = TokenLifetime.of(config.token());
        this.queries = queries;
        this.cache = cache;
        this.events = events;
        this.lastUse = lastUse;
        this.audit = audit;
        this.clock = clock;
        this.outage = outage;
        this.stale = Counter.builder("auth_tokens.checks.stale")
                .description("Tokens accepted as they were last read, since the database could not be reached")
                .register(metrics);
    }

    /** As {@link #issue(Account, String, Duration)}, for a login. */
    public Optional<TokenSecret> issue(Account account) {
        return issue(account, null, null);
    }

    /**
     * Issues a token to an account.
     *
     * @param account with the password hash that was verified
     * @param name of the program that does not log in, for lists and the audit log; null for a login
     * @param lifespan of this token, beside that of all tokens; null when it has none
     * @return empty when the account was deleted or its hash replaced meanwhile
     */
    @Transactional
    public Optional<TokenSecret> issue(Account account, String name, Duration lifespan) {
        TokenSecret secret = TokenSecret.generate(random);
        UUID id = UUID.randomUUID();
        if (!queries.insert(secret.digest(), id, name, lifespan, RequestOrigin.current(), account)) {
            return Optional.empty();
        }
        AuditKind kind = name == null ? AuditKind.LOGIN : AuditKind.TOKEN_CREATED;
        audit.record(kind, account.email(), id, name == null ? null : "name: " + name);
        return Optional.of(secret);
    }

    /**
     * Verifies a token: at once when it is cached, else on a worker thread, so an event loop may call this. In the grace of
     * an outage, a token that was valid when it was last read is accepted, unless it has expired since.
     *
     * @return empty when the token is unknown, revoked or expired, or its account has expired
     */
    public CompletionStage<Optional<VerifiedToken>> verify(TokenSecret secret) {
        byte[] digest = secret.digest();
        Instant now = clock.now();
        if (outage.isInGrace()) {
            Optional<VerifiedToken> lastKnown = verifyLastKnown(digest, now);
            if (lastKnown.isPresent()) {
                return CompletableFuture.completedStage(lastKnown);
            }
        }
        CompletableFuture<Optional<VerifiedToken>> verified =
                cache.get(digest, now).thenApply(cached -> verify(digest, cached, now));
        return outage.hasGrace() ? orLastKnown(verified, digest, now) : verified;
    }

    private Optional<VerifiedToken> verify(byte[] digest, CachedToken cached, Instant now) {
        Optional<VerifiedToken> verified = cached.verify(lifetime, now);
        if (verified.isPresent() && cached.recordUse(now)) {
            lastUse.record(digest, now);
        }
        return verified;
    }

    private CompletionStage<Optional<VerifiedToken>> orLastKnown(
            CompletableFuture<Optional<VerifiedToken>> verified, byte[] digest, Instant now) {
        return verified.exceptionallyCompose(failure -> {
            if (!DatabaseFailure.isUnreachable(failure)) {
                return verified;
            }
            Optional<VerifiedToken> lastKnown = verifyLastKnown(digest, now);
            return lastKnown.isPresent() ? CompletableFuture.completedFuture(lastKnown) : verified;
        });
    }

    private Optional<VerifiedToken> verifyLastKnown(byte[] digest, Instant now) {
        Optional<VerifiedToken> verified = outage.age()
                .flatMap(age -> cache.findLastKnown(digest)
                        .flatMap(known -> verify(digest, known, now))
                        .map(token -> token.stale(age)));
        verified.ifPresent(token -> stale.increment());
        return verified;
    }

    /** As {@link #verify(TokenSecret)}; also empty when the text cannot be a token. */
    public CompletionStage<Optional<VerifiedToken>> verify(String token) {
        return TokenSecret.parse(token)
                .map(this::verify)
                .orElseGet(() -> CompletableFuture.completedStage(Optional.empty()));
    }

    /** Part of the transaction of the change: either the new password is set and the tokens are revoked, or neither. */
    void passwordChanged(@Observes PasswordChanged change) {
        revokeOthers(change.userId(), change.keptTokenId());
    }

    /** Before the account's row is deleted, whose cascade would lock the tokens in no particular order. */
    void accountDeleted(@Observes AccountDeleted account) {
        revokeOthers(account.userId(), null);
    }

    /** Revokes the caller's own token; false when it does not exist any more. */
    public boolean logOut(Caller caller) {
        boolean revoked = revoke(AuditKind.LOGOUT, caller.userId(), caller.email(), caller.tokenId(), null);
        if (!revoked) {
            // It was cached, and deleted without a revocation: after it expired, by the uses that the database knew.
            cache.invalidateAccounts(Set.of(caller.userId()));
        }
        return revoked;
    }

    /**
     * The valid tokens of an account, newest first.
     *
     * @param accountExpiresAt null when the account never expires
     * @param currentId the token that asks; null for none
     */
    @Transactional
    public List<TokenView> list(long userId, Instant accountExpiresAt, UUID currentId, int limit) {
        Instant now = clock.now();
        if (accountExpiresAt != null && !now.isBefore(accountExpiresAt)) {
            return List.of();
        }
        Instant issuedAfter =
                lifetime.cutoffs(now, now).orCreated(queries.validFrom()).created();
        // Rows are fetched as the stream is read, and not kept: all of many may have expired.
        try (Stream<AuthToken> newest = AuthToken.<AuthToken>find(
                "userId = ?1 and createdAt > ?2 order by createdAt desc, id", userId, issuedAfter)
                .withHint(HibernateHints.HINT_FETCH_SIZE, FETCH_SIZE)
                .stream()) {
            return newest.map(token -> view(token, accountExpiresAt, currentId))
                    .filter(token -> token.expiry().equals(Expiry.NEVER) || now.isBefore(token.expiry()))
                    .limit(limit)
                    .toList();
        }
    }

    private TokenView view(AuthToken token, Instant accountExpiresAt, UUID currentId) {
        Panache.getEntityManager().detach(token);
        Instant lastUsedAt = lastUse.latest(token.digest, token.lastUsedAt);
        Instant latest = TokenLifetime.earlier(accountExpiresAt, token.expiresAt);
        return new TokenView(
                token.id,
                token.createdAt,
                lastUsedAt,
                lifetime.expiresAt(token.createdAt, lastUsedAt, latest).orElse(Expiry.NEVER),
                token.name,
                token.address,
                token.userAgent,
                token.activity,
                token.id.equals(currentId));
    }

    /** Revokes one token of an account; false when the account has no token with this id. */
    public boolean revoke(long userId, String email, UUID tokenId) {
        return revoke(AuditKind.TOKEN_REVOKED, userId, email, tokenId, null);
    }

    /** E-mail address of the account of a valid token; asking is not a use of the token. */
    public Optional<String> findAccount(TokenSecret secret) {
        byte[] digest = secret.digest();
        Instant now = clock.now();
        Instant pending = lastUse.latest(digest, null);
        return queries.find(digest)
                .flatMap(row ->
                        new CachedToken(row, LastUse.later(row.lastUsedAt(), pending), now).verify(lifetime, now))
                .map(token -> token.owner().email());
    }

    /**
     * Revokes a token by its secret. Anybody may send one: if it does not exist, that costs a query and no transaction.
     *
     * @param detail for the audit log; null for none
     * @return false when there is no such token
     */
    public boolean revoke(AuditKind kind, TokenSecret secret, String detail) {
        return queries.find(secret.digest())
                .map(TokenRow::owner)
                .filter(owner -> revoke(kind, owner.userId(), owner.email(), owner.tokenId(), detail))
                .isPresent();
    }

    @Transactional
    boolean revoke(AuditKind kind, long userId, String email, UUID tokenId, String detail) {
        Optional<byte[]> deleted = queries.delete(userId, tokenId);
        deleted.ifPresent(digest -> {
            events.fire(new TokensRevoked(digest));
            audit.record(kind, email, tokenId, detail);
        });
        return deleted.isPresent();
    }

    /** Revokes the tokens of an account but the one that is kept, or all with null; returns their number. */
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
    public Instant revokeEveryone(Instant until) {
        Instant validFrom = queries.revokeEveryone(until);
        events.fire(new TokensRevoked(null));
        audit.record(AuditKind.TOKEN_REVOKED, null, null, "all accounts, issued up to: " + validFrom);
        return validFrom;
    }

    /** On this replica they are refused from the commit on; on others when these have read the revocation log. */
    private int revokeOthers(long userId, UUID keptId) {
        events.fire(new AccountChanged(userId));
        return queries.deleteOthers(userId, keptId);
    }
}
