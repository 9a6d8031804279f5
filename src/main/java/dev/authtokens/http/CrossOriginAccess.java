package dev.authtokens.http;

import dev.authtokens.ServiceConfig;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Lets scripts of the allowed origins read answers, errors included (Fetch standard, "CORS protocol"). For any other origin
 * an answer is what it would be without: it is the browser that keeps the script from reading it.
 */
@Singleton
class CrossOriginAccess {

    /** Right after the request got its id and the failures their answer. */
    private static final int ORDER = Integer.MIN_VALUE + 2;

    private static final int PREFLIGHT_SECONDS = (int) Duration.ofHours(1).toSeconds();

    private final List<String> origins;
    private final CorsHandler cors;

    CrossOriginAccess(ServiceConfig config) {
        this.origins = config.http().corsOrigins().orElse(List.of());
        this.cors = CorsHandler.create()
                .addOrigins(origins)
                .allowedMethods(
                        Set.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE))
                .allowedHeaders(Set.of(
                        HttpHeaders.AUTHORIZATION.toString(),
                        HttpHeaders.CONTENT_TYPE.toString(),
                        RequestContextFilter.REQUEST_ID,
                        RequestContextFilter.ACTIVITY,
                        RequestContextFilter.COMMAND_LINE))
                .exposedHeaders(Set.of("Retry-After", RequestContextFilter.REQUEST_ID))
                .maxAgeSeconds(PREFLIGHT_SECONDS);
    }

    void register(@Observes Router router) {
        if (!origins.isEmpty()) {
            router.route().order(ORDER).handler(this::handle);
        }
    }

    private void handle(RoutingContext context) {
        String origin = context.request().getHeader(HttpHeaders.ORIGIN);
        if (origin == null || origins.contains(origin)) {
            cors.handle(context);
        } else {
            context.response().headers().add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
            context.next();
        }
    }
}
