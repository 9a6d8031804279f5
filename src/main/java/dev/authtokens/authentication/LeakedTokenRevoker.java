package dev.authtokens.authentication;

import dev.authtokens.http.RouteOrder;
import dev.authtokens.token.TokenSecret;
import dev.authtokens.token.TokenStore;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import org.jboss.logging.Logger;

/**
 * Revokes tokens that clients leak into the request line or into headers that are not for credentials: these are written to
 * logs on the way.
 */
@ApplicationScoped
class LeakedTokenRevoker {

    private static final Logger LOG = Logger.getLogger(LeakedTokenRevoker.class);

    /** Headers for credentials, also of other services behind the same proxy. */
    private static final Set<String> FOR_CREDENTIALS = Set.of("authorization", "proxy-authorization", "cookie");

    /** Tokens revoked by one request: each costs a transaction. */
    private static final int MAX_TOKENS = 4;

    private final TokenStore tokens;

    LeakedTokenRevoker(TokenStore tokens) {
        this.tokens = tokens;
    }

    void register(@Observes Router router) {
        router.route().order(RouteOrder.LEAKED_TOKENS).handler(this::handle);
    }

    private void handle(RoutingContext context) {
        Map<String, TokenSecret> leaked = find(context.request());
        if (leaked.isEmpty()) {
            context.next();
            return;
        }
        context.vertx()
                .executeBlocking(
                        () -> {
                            leaked.forEach((text, secret) -> tokens.revokeLeaked(secret));
                            return null;
                        },
                        false)
                .onComplete(revoked -> {
                    if (revoked.failed()) {
                        LOG.warnf(
                                "A token was leaked into a request line or header and could not be revoked, so it is still"
                                        + " valid: %s. Revoke it by its id (token revoke), or log it out",
                                revoked.cause().getMessage());
                    }
                    context.next();
                });
    }

    private static Map<String, TokenSecret> find(HttpServerRequest request) {
        Map<String, TokenSecret> found = new LinkedHashMap<>();
        find(request.uri(), found);
        MultiMap headers = request.headers();
        headers.forEach((name, value) -> {
            if (value.contains(TokenSecret.PREFIX) && !FOR_CREDENTIALS.contains(name.toLowerCase(Locale.ROOT))) {
                find(value, found);
            }
        });
        return found;
    }

    private static void find(String text, Map<String, TokenSecret> found) {
        if (!text.contains(TokenSecret.PREFIX)) {
            return;
        }
        Matcher candidates = TokenSecret.SHAPE.matcher(text);
        while (candidates.find() && found.size() < MAX_TOKENS) {
            String candidate = candidates.group();
            TokenSecret.parse(candidate).ifPresent(secret -> found.put(candidate, secret));
        }
    }
}
