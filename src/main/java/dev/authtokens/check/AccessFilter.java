package dev.authtokens.check;

import dev.authtokens.access.Access;
import dev.authtokens.access.AuthorizationHeader;
import dev.authtokens.access.Caller;
import dev.authtokens.audit.Origin;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import dev.authtokens.token.TokenSecret;
import dev.authtokens.token.TokenStore;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.ext.Provider;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Lets a request through to its endpoint only as the endpoint's {@link Access} says.
 *
 * <p>It runs after the endpoint is known and before the body is read, on the worker thread of the endpoint, where it may
 * wait for the database. The role checks of the framework ({@code @RolesAllowed}) come earlier, when there is no caller
 * yet, which is why they are not used.
 */
@Provider
@Priority(Priorities.AUTHENTICATION)
public class AccessFilter implements ContainerRequestFilter {

    private static final Logger LOG = Logger.getLogger(AccessFilter.class);

    private final ResourceInfo endpoint;
    private final TokenStore tokens;

    AccessFilter(ResourceInfo endpoint, TokenStore tokens) {
        this.endpoint = endpoint;
        this.tokens = tokens;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        Access access = endpoint.getResourceMethod().getAnnotation(Access.class);
        if (access == null) {
            LOG.errorf("%s does not say who may call it", endpoint.getResourceMethod());
            throw new Problem(ProblemCode.FORBIDDEN);
        }
        if (access.value() == Access.Who.ANYONE) {
            return;
        }
        Caller caller = AuthorizationHeader.token(request.getHeaderString(HttpHeaders.AUTHORIZATION))
                .flatMap(TokenSecret::parse)
                .flatMap(tokens::resolve)
                .orElseThrow(() -> new Problem(ProblemCode.PERMISSION_DENIED));
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
