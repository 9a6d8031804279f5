package dev.authtokens.check;

import dev.authtokens.access.Access;
import dev.authtokens.access.AuthorizationHeader;
import dev.authtokens.access.Caller;
import dev.authtokens.audit.Origin;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import dev.authtokens.token.LiveToken;
import dev.authtokens.token.TokenSecret;
import dev.authtokens.token.TokenStore;
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
 * Lets a request through to its endpoint only as the endpoint's {@link Access} says.
 *
 * <p>It runs after the endpoint is known and before the body is read, on the event loop: a token that is known is checked
 * there, and the request of any other waits without a thread until its token was read. The role checks of the framework
 * ({@code @RolesAllowed}) come earlier, when there is no caller yet, which is why they are not used.
 */
@Singleton
public class AccessFilter {

    private static final Logger LOG = Logger.getLogger(AccessFilter.class);

    private final TokenStore tokens;
    private final BasicCredentials passwords;

    AccessFilter(TokenStore tokens, BasicCredentials passwords) {
        this.tokens = tokens;
        this.passwords = passwords;
    }

    @ServerRequestFilter(nonBlocking = true, priority = Priorities.AUTHENTICATION)
    public void filter(ResteasyReactiveContainerRequestContext request, ResourceInfo endpoint) {
        Access access = endpoint.getResourceMethod().getAnnotation(Access.class);
        if (access == null) {
            LOG.errorf("%s does not say who may call it", endpoint.getResourceMethod());
            throw new Problem(ProblemCode.FORBIDDEN);
        }
        if (access.value() == Access.Who.ANYONE) {
            return;
        }
        String authorization = request.getHeaderString(HttpHeaders.AUTHORIZATION);
        Optional<AuthorizationHeader.Basic> basic =
                access.value() == Access.Who.INTROSPECTOR ? AuthorizationHeader.basic(authorization) : Optional.empty();
        CompletableFuture<Optional<Caller>> caller =
                (basic.isPresent() ? passwords.caller(basic.get()) : holder(authorization)).toCompletableFuture();
        if (caller.isDone() && !caller.isCompletedExceptionally()) {
            admit(request, access, caller.join());
        } else {
            request.suspend();
            Context context = Vertx.currentContext();
            caller.whenComplete(
                    (known, failure) -> context.runOnContext(done -> goOn(request, access, known, failure)));
        }
    }

    private CompletionStage<Optional<Caller>> holder(String authorization) {
        return AuthorizationHeader.token(authorization)
                .flatMap(TokenSecret::parse)
                .map(tokens::inspect)
                .orElseThrow(() -> new Problem(ProblemCode.PERMISSION_DENIED))
                .thenApply(token -> token.map(LiveToken::owner));
    }

    private static void goOn(
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
            // Nobody else would wake it up.
            request.resume(e);
        }
    }

    private static void admit(ContainerRequestContext request, Access access, Optional<Caller> known) {
        Caller caller = known.orElseThrow(() -> new Problem(ProblemCode.PERMISSION_DENIED));
        MDC.put("caller", caller.email());
        Origin.current().by(caller.email()).ofRequest();
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
