package dev.authtokens.http;

import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;

/** Headers of every answer that restrict what browsers, caches and proxies may do with it. */
final class SecurityHeaders {

    /** An answer of the API is data: nothing in it may be executed, loaded or framed. */
    private static final String NOTHING = "default-src 'none'; frame-ancestors 'none'";

    /** Swagger UI runs its own files, and the two inline scripts with these digests. */
    private static final String SWAGGER_UI =
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none';"
                    + " script-src 'self' 'sha256-2NUR8owJ5fWuHNmeIpVk1/YcrqydJdX8BrBryNbX+Cs=' 'sha256-rHfz/J1gAPivJQW6LGiJyhcmqllOV2oVfcS/a+WaQ7E='; style-src 'self' 'unsafe-inline';"
                    + " img-src 'self' data:; connect-src 'self'";

    /** A year, as RFC 6797 has it in its examples. */
    private static final String HSTS = "max-age=31536000";

    private SecurityHeaders() {}

    static void write(RoutingContext context) {
        MultiMap response = context.response().headers();
        response.set("X-Content-Type-Options", "nosniff");
        response.set("Referrer-Policy", "no-referrer");
        String path = path(context);
        boolean isSwaggerUi = path.startsWith("/q/swagger-ui");
        response.set("Content-Security-Policy", isSwaggerUi ? SWAGGER_UI : NOTHING);
        if (!path.startsWith("/q/")) {
            // Tokens and personal data: no cache may keep them (RFC 9111, section 5.2.2.5).
            response.set("Cache-Control", "no-store");
        }
        if (context.request().isSSL()) {
            response.set("Strict-Transport-Security", HSTS);
        }
    }

    private static String path(RoutingContext context) {
        try {
            String path = context.normalizedPath();
            return path == null ? "" : path;
        } catch (IllegalArgumentException malformed) {
            return "";
        }
    }
}
