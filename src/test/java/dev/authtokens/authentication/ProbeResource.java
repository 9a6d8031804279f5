package dev.authtokens.authentication;

import dev.authtokens.access.Access;
import dev.authtokens.access.Caller;
import dev.authtokens.database.Statements;
import dev.authtokens.harness.Await;
import io.quarkus.narayana.jta.runtime.TransactionConfiguration;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.SecurityContext;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Endpoints that the product does not have, to see how the filter treats them. */
@Path("/probe/")
public class ProbeResource {

    @Inject
    Statements statements;

    @GET
    @Path("undeclared")
    @Operation(hidden = true)
    public Map<String, String> undeclared() {
        return Map.of("reached", "yes");
    }

    @GET
    @Path("fails")
    @Access(Access.Who.ANYONE)
    @Operation(hidden = true)
    public Map<String, String> fails() {
        throw new IllegalStateException("a secret of the implementation");
    }

    @GET
    @Path("unwritable")
    @Access(Access.Who.ANYONE)
    @Operation(hidden = true)
    public Map<String, Object> unwritable() {
        return Map.of("a secret of the implementation", new Object());
    }

    @GET
    @Path("endless-transaction")
    @Access(Access.Who.ANYONE)
    @Operation(hidden = true)
    @Transactional
    @TransactionConfiguration(timeout = 1)
    public Map<String, String> endlessTransaction() throws InterruptedException {
        Instant end = Instant.now().plus(Await.PATIENCE);
        while (Instant.now().isBefore(end)) {
            statements.query("select version()", Statements::firstText);
            Thread.sleep(100);
        }
        return Map.of("ended", "no");
    }

    @POST
    @Path("signed-in")
    @Access(Access.Who.SIGNED_IN)
    @Operation(hidden = true)
    public Map<String, String> signedIn(
            @jakarta.ws.rs.core.Context SecurityContext security, Map<String, String> body) {
        return Map.of(
                "caller",
                Caller.of(security).email(),
                "thread",
                Thread.currentThread().getName());
    }

    @POST
    @Path("admin")
    @Access(Access.Who.ADMIN)
    @Operation(hidden = true)
    public Map<String, String> admin(@jakarta.ws.rs.core.Context SecurityContext security, Map<String, String> body) {
        return signedIn(security, body);
    }

    /** Comes before the filter under test, and has it fail in the midst of its work. */
    @ServerRequestFilter(nonBlocking = true, priority = Priorities.AUTHENTICATION - 1)
    public void breakFilter(ContainerRequestContext request) {
        if (request.getHeaders().containsKey("X-Break-Filter")) {
            request.setSecurityContext((SecurityContext) Proxy.newProxyInstance(
                    SecurityContext.class.getClassLoader(),
                    new Class<?>[] {SecurityContext.class},
                    (self, method, none) -> {
                        throw new IllegalStateException("a secret of the implementation");
                    }));
        }
    }
}
