package dev.authtokens.authentication;

import dev.authtokens.access.Access;
import dev.authtokens.access.AuthorizationHeader;
import dev.authtokens.access.Caller;
import dev.authtokens.audit.RequestOrigin;
import dev.authtokens.database.DatabaseLease;
import dev.authtokens.http.StaleAnswer;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import dev.authtokens.problem.ProblemResponses;
import dev.authtokens.token.TokenStore;
import dev.authtokens.token.VerifiedToken;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
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

/**
 * Enforces the {@link Access} of every endpoint; one without it is refused to everybody. Runs on the event loop: while a token
 * that is not cached is read, its request is suspended and holds no thread. {@code @RolesAllowed} cannot be used: it is checked
 * earlier, before there is a caller.
 */
@Singleton
public class AccessFilter {

    private static final Logger LOG = Logger.getLogger(AccessFilter.class);

    private static final String ORIGIN = "Origin";

    /** Needs no lease: liveness probes that cannot use the management port ask it, and a restart does not bring the lease back. */
    private static final String PING = "/";

    private final TokenStore tokens;
    private final BasicAuthentication passwords;
    private final DatabaseLease lease;

    AccessFilter(TokenStore tokens, BasicAuthentication passwords, DatabaseLease lease) {
        this.tokens = tokens;
        this.passwords = passwords;
        this.lease = lease;
    }

    /** Null when the request continues at once. */
    @ServerRequestFilter(nonBlocking = true, priority = Priorities.AUTHENTICATION)
    public Uni<Void> filter(ContainerRequestContext request, ResourceInfo endpoint, HttpServerRequest http) {
        Access access = endpoint.getResourceMethod().getAnnotation(Access.class);
        if (access == null) {
            LOG.errorf("%s has no @Access, so it is refused to everybody", endpoint.getResourceMethod());
            throw new Problem(ProblemCode.FORBIDDEN);
        }
        if (!lease.isHeld() && !request.getUriInfo().getPath().equals(PING)) {
            throw new Problem(ProblemCode.NOT_YET_AVAILABLE, DatabaseLease.DURATION);
        }
        if (access.value() == Access.Who.ANYONE) {
            return null;
        }
        CompletableFuture<Optional<Caller>> caller =
                authenticate(request, access.value(), http).toCompletableFuture();
        if (caller.isDone() && !caller.isCompletedExceptionally()) {
            admit(request, access, caller.join());
            return null;
        }
        Context context = Vertx.currentContext();
        return Uni.createFrom()
                .completionStage(caller.thenAcceptAsync(
                        known -> admit(request, access, known), task -> context.runOnContext(done -> task.run())));
    }

    /** By token, or also by HTTP Basic; empty when the token is not valid. */
    private CompletionStage<Optional<Caller>> authenticate(
            ContainerRequestContext request, Access.Who allowed, HttpServerRequest http) {
        String authorization = request.getHeaderString(HttpHeaders.AUTHORIZATION);
        if (allowed == Access.Who.INTROSPECTOR) {
            if (request.getHeaderString(ORIGIN) == null) {
                // A browser, which sends Origin with every POST, would ask a person for the password, and keep it.
                request.setProperty(ProblemResponses.BASIC_CHALLENGE, true);
            }
            Optional<AuthorizationHeader.Basic> password = password(authorization, http.formAttributes());
            if (password.isPresent()) {
                return passwords.authenticate(password.get()).thenApply(Optional::of);
            }
        }
        return tokenOwner(authorization, http.response());
    }

    /** From the header, or from a form (RFC 6749, section 2.3.1, known as {@code client_secret_post}), but not from both. */
    private static Optional<AuthorizationHeader.Basic> password(String authorization, MultiMap form) {
        String secret = form.get("client_secret");
        if (secret == null) {
            return AuthorizationHeader.basic(authorization);
        }
        String email = form.get("client_id");
        if (authorization != null || email == null) {
            throw new Problem(
                    ProblemCode.INVALID_INPUT,
                    "client_secret needs client_id, and must not be sent together with an Authorization header.");
        }
        return Optional.of(AuthorizationHeader.Basic.of(email, secret));
    }

    private CompletionStage<Optional<Caller>> tokenOwner(String authorization, HttpServerResponse response) {
        return AuthorizationHeader.token(authorization)
                .map(tokens::verify)
                .orElseThrow(() -> new Problem(ProblemCode.PERMISSION_DENIED))
                .thenApply(token -> {
                    StaleAnswer.mark(response, token.flatMap(VerifiedToken::staleFor));
                    return token.map(VerifiedToken::owner);
                });
    }

    private static void admit(ContainerRequestContext request, Access access, Optional<Caller> known) {
        Caller caller = known.orElseThrow(() -> new Problem(ProblemCode.PERMISSION_DENIED));
        MDC.put("caller", caller.email());
        RequestOrigin.current().withActor(caller.email()).setForRequest();
        if (!access.value().includes(caller.role())) {
            throw new Problem(ProblemCode.FORBIDDEN);
        }
        request.setSecurityContext(
                new CallerSecurityContext(caller, request.getSecurityContext().isSecure()));
    }

    private record CallerSecurityContext(Caller caller, boolean isSecure) implements SecurityContext {

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
