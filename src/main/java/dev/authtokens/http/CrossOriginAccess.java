package dev.authtokens.http;

import dev.authtokens.ServiceConfig;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;

/**
 * CORS (Fetch standard, "CORS protocol") by Vert.x' {@code CorsHandler}, also on errors. Other origins get the answer without
 * CORS headers; Quarkus' own filter answers them with 403, and adds no headers to answers that fail before it.
 */
@Singleton
class CrossOriginAccess {

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
                .maxAgeSeconds(3600);
    }

    void register(@Observes Router router) {
        if (!origins.isEmpty()) {
            router.route().order(RouteOrder.CORS).handler(this::handle);
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
