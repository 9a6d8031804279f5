package dev.authtokens.http;

import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Has metrics answered as OpenMetrics where a client prefers that (RFC 9110, section 12.5.1), as Prometheus does. The framework
 * answers plain text to whoever takes both, and 406 to whoever takes OpenMetrics only.
 */
@Singleton
// The framework exports by this registry, not yet by that of the newer client library.
@SuppressWarnings("deprecation")
class MetricsFormat {

    private static final String PATH = "/q/metrics";
    private static final String OPEN_METRICS = "application/openmetrics-text";

    private final PrometheusMeterRegistry metrics;

    MetricsFormat(PrometheusMeterRegistry metrics) {
        this.metrics = metrics;
    }

    void register(@Observes ManagementInterface management) {
        management
                .router()
                .get(PATH)
                .order(Integer.MIN_VALUE)
                .produces("text/plain")
                .produces(OPEN_METRICS)
                .blockingHandler(this::answer);
    }

    private void answer(RoutingContext context) {
        if (OPEN_METRICS.equals(context.getAcceptableContentType())) {
            context.response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, TextFormat.CONTENT_TYPE_OPENMETRICS_100)
                    .end(metrics.scrape(TextFormat.CONTENT_TYPE_OPENMETRICS_100));
        } else {
            context.next();
        }
    }
}
