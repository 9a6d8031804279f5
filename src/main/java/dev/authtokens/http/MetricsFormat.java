package dev.authtokens.http;

import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * Has metrics answered as OpenMetrics where a client prefers that (RFC 9110, section 12.5.1), as Prometheus does. The framework
 * answers so to a request without Accept only: to the media type alone with 406, and with plain text to whoever takes both.
 */
@Singleton
// The framework exports by this registry, not yet by that of the newer client library.
@SuppressWarnings("deprecation")
class MetricsFormat {

    private static final String PATH = "/q/metrics";
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final List<String> FORMATS = List.of(OPEN_METRICS, "text/plain");

    private final PrometheusMeterRegistry metrics;

    MetricsFormat(PrometheusMeterRegistry metrics) {
        this.metrics = metrics;
    }

    void register(@Observes ManagementInterface management) {
        management.router().get(PATH).order(Integer.MIN_VALUE).blockingHandler(this::answer);
    }

    private void answer(RoutingContext context) {
        if (prefersOpenMetrics(context)) {
            context.response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, TextFormat.CONTENT_TYPE_OPENMETRICS_100)
                    .end(metrics.scrape(TextFormat.CONTENT_TYPE_OPENMETRICS_100));
        } else {
            context.next();
        }
    }

    /** By the order of what the client accepts, which is that of its weights. */
    private static boolean prefersOpenMetrics(RoutingContext context) {
        return context.parsedHeaders().accept().stream()
                .map(MIMEHeader::value)
                .filter(FORMATS::contains)
                .findFirst()
                .filter(OPEN_METRICS::equals)
                .isPresent();
    }
}
