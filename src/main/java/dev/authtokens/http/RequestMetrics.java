package dev.authtokens.http;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.quarkus.micrometer.runtime.HttpServerMetricsTagsContributor;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;
import java.util.stream.DoubleStream;

/**
 * Bounds the series of {@code http.server.requests}, which are kept for ever: clients choose method and path, so what no
 * endpoint has is {@value #UNKNOWN}. Its durations are a histogram, for quantiles over all replicas. Metrics of libraries keep
 * to the conventions of Prometheus, or are left out where others show the same.
 */
@Singleton
class RequestMetrics implements HttpServerMetricsTagsContributor, MeterFilter {

    private static final String UNKNOWN = "UNKNOWN";
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private static final String POOL = "agroal.";
    private static final String CONNECTIONS = POOL + "connections.";

    /** Gauges: only histograms and summaries end in {@code _count}. */
    private static final Map<String, String> RENAMED = Map.of(
            POOL + "active.count", CONNECTIONS + "active",
            POOL + "available.count", CONNECTIONS + "available",
            POOL + "awaiting.count", CONNECTIONS + "awaiting");

    private static final Map<String, String> DESCRIPTIONS =
            Map.of("http.server.active.requests", "Requests that are being answered");

    private static final Set<String> EXCLUDED =
            Set.of("process.cpu.time", "system.cpu.count", "http.server.connections");

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

    @Override
    public Meter.Id map(Meter.Id id) {
        Tags tags = Tags.of(id.getTags());
        String method = id.getTag("method");
        if (method != null && !METHODS.contains(method)) {
            tags = tags.and("method", UNKNOWN);
        }
        // A request whose client went away is counted without the tags that are contributed.
        if ("RESET".equals(id.getTag("status"))) {
            tags = tags.and("uri", UNKNOWN);
        }
        String name = RENAMED.getOrDefault(id.getName(), id.getName());
        String description = DESCRIPTIONS.getOrDefault(name, id.getDescription());
        return new Meter.Id(name, tags, id.getBaseUnit(), description, id.getType());
    }

    @Override
    public MeterFilterReply accept(Meter.Id id) {
        String name = id.getName();
        boolean isExcluded = EXCLUDED.contains(name) || (name.startsWith(POOL) && !name.startsWith(CONNECTIONS));
        return isExcluded ? MeterFilterReply.DENY : MeterFilterReply.NEUTRAL;
    }

    @Override
    public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
        return id.getName().equals("http.server.requests")
                ? DistributionStatisticConfig.builder()
                        .serviceLevelObjectives(BUCKETS)
                        .build()
                        .merge(config)
                : config;
    }
}
