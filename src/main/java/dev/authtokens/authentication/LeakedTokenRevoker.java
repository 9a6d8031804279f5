package dev.authtokens.authentication;

import dev.authtokens.ServiceConfig;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.http.RequestContextFilter;
import dev.authtokens.http.RouteOrder;
import dev.authtokens.token.TokenSecret;
import dev.authtokens.token.TokenStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import org.jboss.logging.Logger;

/**
 * Revokes tokens that clients leak into what gets logged on the way: the request line, {@code Referer}, command line and
 * activity. No other header counts: gateways copy credentials and URLs into many, and there the client leaked nothing.
 */
@ApplicationScoped
class LeakedTokenRevoker {

    private static final Logger LOG = Logger.getLogger(LeakedTokenRevoker.class);

    private static final String REQUEST_LINE = "request line";

    private static final List<String> LOGGED_HEADERS =
            List.of("Referer", RequestContextFilter.COMMAND_LINE, RequestContextFilter.ACTIVITY);

    /** Tokens looked at in one request: each costs a query or a transaction. */
    private static final int MAX_TOKENS = 4;

    private final TokenStore tokens;
    private final LeakAction action;
    private final Meter.MeterProvider<Counter> leaks;

    LeakedTokenRevoker(TokenStore tokens, ServiceConfig config, MeterRegistry metrics) {
        this.tokens = tokens;
        this.action = config.token().leakAction();
        this.leaks = Counter.builder("auth_tokens.tokens.leaked")
                .description("Valid tokens that were sent where they get logged")
                .withRegistry(metrics);
    }

    void register(@Observes Router router) {
        if (action != LeakAction.OFF) {
            router.route().order(RouteOrder.LEAKED_TOKENS).handler(this::handle);
        }
    }

    /** @param place where the token was found: the request line or the name of a header */
    private record Leak(TokenSecret secret, String place) {}

    private void handle(RoutingContext context) {
        Map<String, Leak> found = context.request().decoderResult().isFailure() ? Map.of() : find(context.request());
        if (found.isEmpty()) {
            context.next();
            return;
        }
        context.vertx()
                .executeBlocking(
                        () -> {
                            found.values().forEach(this::revokeOrReport);
                            return null;
                        },
                        false)
                .onFailure(failure -> LOG.warnf(
                        "A text like a token was sent where it gets logged, and the database was not available to check and"
                                + " revoke it: %s. If it is a valid token, it stays valid: log out with it, or revoke the"
                                + " sessions of its account (token revoke)",
                        failure.getMessage()))
                .onComplete(done -> context.next());
    }

    private void revokeOrReport(Leak leak) {
        boolean isValid = action == LeakAction.REVOKE
                ? tokens.revoke(AuditKind.TOKEN_LEAKED, leak.secret(), "place: " + leak.place())
                : report(leak);
        if (isValid) {
            leaks.withTag("place", leak.place()).increment();
        }
    }

    private boolean report(Leak leak) {
        Optional<String> account = tokens.findAccount(leak.secret());
        account.ifPresent(email -> LOG.warnf(
                "A token of %s was sent in the %s, which gets logged. It is still valid: revoke it, and change the client"
                        + " or proxy that sends it there",
                email, leak.place()));
        return account.isPresent();
    }

    private static Map<String, Leak> find(HttpServerRequest request) {
        Map<String, Leak> found = new LinkedHashMap<>();
        String authorization = Objects.requireNonNullElse(request.getHeader(HttpHeaders.AUTHORIZATION), "");
        find(request.uri(), REQUEST_LINE, "", found);
        for (String header : LOGGED_HEADERS) {
            for (String value : request.headers().getAll(header)) {
                // Clients send the command line that gave them the token (gsctl --auth-token); the log has it redacted.
                String exempt = header.equals(RequestContextFilter.COMMAND_LINE) ? authorization : "";
                find(value, header, exempt, found);
            }
        }
        return found;
    }

    private static void find(String text, String place, String exempt, Map<String, Leak> found) {
        if (!text.contains(TokenSecret.PREFIX)) {
            return;
        }
        Matcher candidates = TokenSecret.SHAPE.matcher(text);
        while (candidates.find() && found.size() < MAX_TOKENS) {
            String candidate = candidates.group();
            TokenSecret.parse(candidate)
                    .filter(secret -> !exempt.contains(candidate))
                    .ifPresent(secret -> found.putIfAbsent(candidate, new Leak(secret, place)));
        }
    }
}
