package dev.authtokens.http;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.quarkus.micrometer.runtime.HttpServerMetricsTagsContributor;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.stream.DoubleStream;

/**
 * Bounds the series of {@code http.server.requests}, each of which is kept for ever: a method that no endpoint has, and a path
 * that no endpoint matched, are {@value #UNKNOWN}. Clients choose both. Its durations are a histogram, for quantiles over all
 * replicas.
 */
@Singleton
class RequestMetrics implements HttpServerMetricsTagsContributor {

    private static final String UNKNOWN = "UNKNOWN";
    private static final String REQUESTS = "http.server.requests";

    /** Bounds in nanoseconds: a cached check takes less than a millisecond, a login a tenth of a second. */
    private static final double[] BUCKETS = DoubleStream.of(
                    0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000)
            .map(milliseconds -> milliseconds * 1e6)
            .toArray();

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
                "method", unknown -> UNKNOWN, "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
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

    @Produces
    @Singleton
    MeterFilter histogram() {
        return new MeterFilter() {
            @Override
            public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
                return id.getName().equals(REQUESTS)
                        ? DistributionStatisticConfig.builder()
                                .serviceLevelObjectives(BUCKETS)
                                .build()
                                .merge(config)
                        : config;
            }
        };
    }
}
