package dev.authtokens.login;

import dev.authtokens.access.Access;
import dev.authtokens.access.Caller;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.audit.AuditLog;
import dev.authtokens.problem.GenericResponse;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import dev.authtokens.token.TokenStore;
import dev.authtokens.user.Account;
import dev.authtokens.user.Base64Password;
import dev.authtokens.user.HashingPool;
import dev.authtokens.user.PasswordHasher;
import dev.authtokens.user.PasswordHasher.Verification;
import dev.authtokens.user.UserStore;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.SecurityContext;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * Turns e-mail and password into a token, and ends it. Every login that fails gives the same answer after the same work,
 * so that nobody learns which accounts exist.
 */
@Path("/v4/auth-tokens/")
@Tag(name = "auth tokens")
public class LoginResource {

    private final UserStore users;
    private final TokenStore tokens;
    private final PasswordHasher hasher;
    private final HashingPool pool;
    private final LoginThrottle throttle;
    private final AuditLog audit;
    private final Clock clock;

    LoginResource(
            UserStore users,
            TokenStore tokens,
            PasswordHasher hasher,
            HashingPool pool,
            LoginThrottle throttle,
            AuditLog audit,
            Clock clock) {
        this.users = users;
        this.tokens = tokens;
        this.hasher = hasher;
        this.pool = pool;
        this.throttle = throttle;
        this.audit = audit;
        this.clock = clock;
    }

    @POST
    @NonBlocking
    @Access(Access.Who.ANYONE)
    @Operation(
            operationId = "createAuthToken",
            summary = "Create auth token (login)",
            description = "Log in with e-mail and password. An Authorization header is ignored.")
    @APIResponse(responseCode = "200", description = "The new token.")
    @APIResponse(
            responseCode = "401",
            description = "`INVALID_CREDENTIALS`: the e-mail address or the password is wrong."
                    + " `ACCOUNT_EXPIRED`: they are right, but the account has expired.")
    @APIResponse(
            responseCode = "429",
            description =
                    "`TOO_MANY_REQUESTS`: too many logins at this moment, or too many failed for this account or from"
                            + " this address; `Retry-After` tells when to try again.")
    public CompletionStage<LoginResponse> createAuthToken(LoginRequest request) {
        if (request == null || request.email() == null || request.passwordBase64() == null) {
            throw new Problem(ProblemCode.INVALID_INPUT, "The fields email and password_base64 are required.");
        }
        pool.requireRoom();
        Optional<EmailAddress> email = EmailAddress.parse(request.email());
        // Null when it cannot be read: such a login fails like one with a wrong password.
        byte[] password = Base64Password.decode(request.passwordBase64()).orElse(null);
        return throttle.admit(request.email(), email)
                .compose(attempt -> tryPassword(attempt, email, password)
                        // The hash was renewed by another login at this moment, or the password changed: once more.
                        .compose(answer -> answer.isPresent()
                                ? Future.succeededFuture(answer)
                                : tryPassword(attempt, email, password))
                        .recover(failure -> throttle.failed(attempt, failure)))
                .map(answer -> answer.orElseThrow(() -> new Problem(ProblemCode.INVALID_CREDENTIALS)))
                .toCompletionStage();
    }

    @DELETE
    @Access(Access.Who.BEARER)
    @Operation(
            operationId = "deleteAuthToken",
            summary = "Delete auth token (logout)",
            description = "End the token in the Authorization header. It is refused everywhere from this answer on.")
    public GenericResponse deleteAuthToken(@Context SecurityContext security) {
        Caller caller = Caller.of(security);
        if (!tokens.logOut(caller)) {
            throw new Problem(ProblemCode.PERMISSION_DENIED);
        }
        return new GenericResponse("RESOURCE_DELETED", "The authentication token has been deleted.");
    }

    /** The database is waited for on worker threads, and the password is hashed in between, without a connection. */
    private Future<Optional<LoginResponse>> tryPassword(
            LoginThrottle.Attempt attempt, Optional<EmailAddress> email, byte[] password) {
        return Vertx.currentContext()
                .executeBlocking(() -> email.flatMap(users::findAccount), false)
                .compose(account -> pool.submit(
                        () -> hasher.verify(
                                password, account.map(Account::passwordHash).orElse(null)),
                        verification -> finish(attempt, email, account, verification)));
    }

    /** Empty when the account changed since it was read. */
    private Optional<LoginResponse> finish(
            LoginThrottle.Attempt attempt,
            Optional<EmailAddress> email,
            Optional<Account> found,
            Verification verification) {
        Account account = found.filter(any -> verification.matches())
                .orElseThrow(() -> refused(ProblemCode.INVALID_CREDENTIALS, attempt, email));
        if (account.isExpired(Instant.now(clock))) {
            throw refused(ProblemCode.ACCOUNT_EXPIRED, attempt, email);
        }
        String hash = verification
                .renewedHash()
                .filter(renewed -> users.replaceHash(account.id(), account.passwordHash(), renewed))
                .orElse(account.passwordHash());
        return QuarkusTransaction.requiringNew()
                .call(() -> tokens.issue(account, hash).map(issued -> {
                    throttle.succeeded(attempt);
                    return new LoginResponse(issued.reveal());
                }));
    }

    private Problem refused(ProblemCode code, LoginThrottle.Attempt attempt, Optional<EmailAddress> email) {
        audit.recordFailure(
                AuditKind.LOGIN, code, email.map(EmailAddress::canonical).orElse(null), attempt.detail());
        return new Problem(code);
    }
}
