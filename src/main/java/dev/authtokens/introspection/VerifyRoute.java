package dev.authtokens.introspection;

import dev.authtokens.http.RequestContextFilter;
import dev.authtokens.http.RouteOrder;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Turns whatever a proxy asks at or below {@link VerifyResource} into a plain GET of it. Some proxies ask with the method, path,
 * query and headers of the request that they hold back, so none of these may decide the answer. A body is not read.
 */
@Singleton
class VerifyRoute {

    private static final String PATH = "/v4/auth-tokens/verify";

    private static final String RESOURCE = PATH + "/";

    /** In place of what cannot be the name of a role. */
    private static final String ROLE_OF_NOBODY = VerifyResource.REQUIRED_ROLE + "=none";

    /** Keeps the response header {@code Connection}: rerouting clears the headers of the response. */
    private static final String CONNECTION = "verify.connection";

    private static final Pattern ROLE = Pattern.compile(VerifyResource.REQUIRED_ROLE + "=[a-z]+");

    void register(@Observes Router router) {
        router.route().order(RouteOrder.FORWARD_AUTH).handler(VerifyRoute::handle);
    }

    private static void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        String path = request.path();
        if (path == null || !(path.equals(PATH) || path.startsWith(RESOURCE))) {
            context.next();
            return;
        }
        request.headers().remove(HttpHeaders.ACCEPT).remove(HttpHeaders.EXPECT);
        // They are of the request that the proxy holds back: a token in them was not sent to this service.
        request.headers()
                .remove(HttpHeaders.REFERER)
                .remove(RequestContextFilter.ACTIVITY)
                .remove(RequestContextFilter.COMMAND_LINE);
        if (request.headers().contains(HttpHeaders.CONTENT_LENGTH)
                || request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
            request.headers().remove(HttpHeaders.CONTENT_LENGTH).remove(HttpHeaders.TRANSFER_ENCODING);
            // Discards the body, so that the connection can be used again.
            context.addEndHandler(answered -> request.resume());
        }
        // Below the path, the query is that of the request that the proxy holds back.
        boolean isBelow = path.length() > RESOURCE.length();
        String uri = RESOURCE + (isBelow || request.query() == null ? "" : requiredRoles(request.query()));
        if (request.method() == HttpMethod.GET && uri.equals(request.uri())) {
            String connection = context.get(CONNECTION);
            if (connection != null) {
                context.response().putHeader(HttpHeaders.CONNECTION, connection);
            }
            context.next();
        } else {
            // While the service drains, Quarkus asks the client to close the connection, and closes it.
            context.put(CONNECTION, context.response().headers().get(HttpHeaders.CONNECTION));
            context.reroute(HttpMethod.GET, uri);
        }
    }

    private static String requiredRoles(String query) {
        String roles = Stream.of(query.split("&"))
                .filter(parameter -> parameter.split("=", 2)[0].equals(VerifyResource.REQUIRED_ROLE))
                .map(parameter -> ROLE.matcher(parameter).matches() ? parameter : ROLE_OF_NOBODY)
                .collect(Collectors.joining("&"));
        return roles.isEmpty() ? "" : "?" + roles;
    }
}
