package dev.authtokens.authentication;

import dev.authtokens.access.Access;
import dev.authtokens.access.AuthorizationHeader;
import dev.authtokens.access.Caller;
import dev.authtokens.audit.RequestOrigin;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import dev.authtokens.problem.ProblemResponses;
import dev.authtokens.token.TokenSecret;
import dev.authtokens.token.TokenStore;
import dev.authtokens.token.VerifiedToken;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.SecurityContext;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestContext;

/**
 * Enforces the {@link Access} of every endpoint; one without it is refused to everybody.
 *
 * <p>It runs on the event loop, after routing and before the body is read. A cached token is checked there; for any other the
 * request is suspended, without a thread, until the token has been read. The framework's role checks ({@code @RolesAllowed})
 * run earlier, before there is a caller, so they cannot be used.
 */
@Singleton
public class AccessFilter {

    private static final Logger LOG = Logger.getLogger(AccessFilter.class);

    private static final String ORIGIN = "Origin";

    private final TokenStore tokens;
    private final BasicAuthentication passwords;

    AccessFilter(TokenStore tokens, BasicAuthentication passwords) {
        this.tokens = tokens;
        this.passwords = passwords;
    }

    @ServerRequestFilter(nonBlocking = true, priority = Priorities.AUTHENTICATION)
    public void filter(ResteasyReactiveContainerRequestContext request, ResourceInfo endpoint) {
        Access access = endpoint.getResourceMethod().getAnnotation(Access.class);
        if (access == null) {
            LOG.errorf("%s has no @Access, so it is refused to everybody", endpoint.getResourceMethod());
            throw new Problem(ProblemCode.FORBIDDEN);
        }
        if (access.value() == Access.Who.ANYONE) {
            return;
        }
        String authorization = request.getHeaderString(HttpHeaders.AUTHORIZATION);
        boolean takesBasic = access.value() == Access.Who.INTROSPECTOR;
        if (takesBasic && request.getHeaderString(ORIGIN) == null) {
            // A browser, which sends Origin with every POST, would ask a person for the password, and keep it.
            request.setProperty(ProblemResponses.BASIC_CHALLENGE, true);
        }
        Optional<AuthorizationHeader.Basic> basic =
                takesBasic ? AuthorizationHeader.basic(authorization) : Optional.empty();
        CompletableFuture<Optional<Caller>> caller = (basic.isPresent()
                        ? passwords.authenticate(basic.get()).thenApply(Optional::of)
                        : tokenOwner(authorization))
                .toCompletableFuture();
        if (caller.isDone() && !caller.isCompletedExceptionally()) {
            admit(request, access, caller.join());
        } else {
            request.suspend();
            Context context = Vertx.currentContext();
            caller.whenComplete(
                    (known, failure) -> context.runOnContext(done -> resume(request, access, known, failure)));
        }
    }

    private CompletionStage<Optional<Caller>> tokenOwner(String authorization) {
        return AuthorizationHeader.token(authorization)
                .flatMap(TokenSecret::parse)
                .map(tokens::verify)
                .orElseThrow(() -> new Problem(ProblemCode.PERMISSION_DENIED))
                .thenApply(token -> token.map(VerifiedToken::owner));
    }

    private static void resume(
            ResteasyReactiveContainerRequestContext request,
            Access access,
            Optional<Caller> caller,
            Throwable failure) {
        if (failure != null) {
            request.resume(failure);
            return;
        }
        try {
            admit(request, access, caller);
            request.resume();
        } catch (RuntimeException | Error e) {
            // Otherwise the request would stay suspended.
            request.resume(e);
        }
    }

    private static void admit(ContainerRequestContext request, Access access, Optional<Caller> known) {
        Caller caller = known.orElseThrow(() -> new Problem(ProblemCode.PERMISSION_DENIED));
        MDC.put("caller", caller.email());
        RequestOrigin.current().by(caller.email()).ofRequest();
        if (!access.value().includes(caller.role())) {
            throw new Problem(ProblemCode.FORBIDDEN);
        }
        request.setSecurityContext(
                new TokenSecurity(caller, request.getSecurityContext().isSecure()));
    }

    private record TokenSecurity(Caller caller, boolean isSecure) implements SecurityContext {

        @Override
        public Caller getUserPrincipal() {
            return caller;
        }

        @Override
        public boolean isUserInRole(String role) {
            return caller.role().name().equals(role);
        }

        @Override
        public String getAuthenticationScheme() {
            return "giantswarm";
        }
    }
}
