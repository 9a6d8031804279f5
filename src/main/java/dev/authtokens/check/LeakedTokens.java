package dev.authtokens.check;

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
 * Ends tokens that stand where they do not belong: in the address of a request, in the command line, or in any other header
 * than those for credentials. What passes there is written into logs on the way, for many to see.
 */
@ApplicationScoped
class LeakedTokens {

    private static final Logger LOG = Logger.getLogger(LeakedTokens.class);

    /** After the request context, so that the audit trail tells where they were shown. */
    private static final int ORDER = Integer.MIN_VALUE + 1;

    /** Where credentials may stand; those of other services in front of which this one is asked, too. */
    private static final Set<String> FOR_CREDENTIALS = Set.of("authorization", "proxy-authorization", "cookie");

    /** Each costs a transaction. */
    private static final int MOST_OF_A_REQUEST = 4;

    private final TokenStore tokens;

    LeakedTokens(TokenStore tokens) {
        this.tokens = tokens;
    }

    void register(@Observes Router router) {
        router.route().order(ORDER).handler(this::handle);
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
                                "A token was shown and is not ended: %s",
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
        while (candidates.find() && found.size() < MOST_OF_A_REQUEST) {
            String candidate = candidates.group();
            TokenSecret.parse(candidate).ifPresent(secret -> found.put(candidate, secret));
        }
    }
}
