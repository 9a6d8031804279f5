package dev.authtokens.http;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.quarkus.micrometer.runtime.HttpServerMetricsTagsContributor;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/**
 * Bounds the series of {@code http.server.requests}, each of which is kept for ever: a method that no endpoint has, and a path
 * that no endpoint matched, are {@value #UNKNOWN}. Clients choose both.
 */
@Singleton
class RequestMetrics implements HttpServerMetricsTagsContributor {

    private static final String UNKNOWN = "UNKNOWN";

    /** Where Quarkus REST keeps the path of the endpoint that matched the request. */
    private static final String ENDPOINT = "UrlPathTemplate";

    @Override
    public Tags contribute(Context request) {
        return request.requestContextLocalData(ENDPOINT) == null ? Tags.of("uri", UNKNOWN) : Tags.empty();
    }

    @Produces
    @Singleton
    MeterFilter knownMethods() {
        return MeterFilter.replaceTagValues(
                "method", madeUp -> UNKNOWN, "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    }

    /** A request whose client went away is counted without {@link #contribute}. */
    @Produces
    @Singleton
    MeterFilter noPathWithoutAnswer() {
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                return "RESET".equals(id.getTag("status"))
                        ? id.replaceTags(Tags.concat(id.getTags(), "uri", UNKNOWN))
                        : id;
            }
        };
    }
}
