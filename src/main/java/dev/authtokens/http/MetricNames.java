package dev.authtokens.http;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;

/** Makes the metrics of libraries keep to the conventions of Prometheus, or leaves them out where others show the same. */
@Singleton
class MetricNames {

    private static final String POOL = "agroal.";
    private static final String CONNECTIONS = POOL + "connections.";

    /** Gauges: only histograms and summaries end in {@code _count}. */
    private static final Map<String, String> RENAMED = Map.of(
            POOL + "active.count", CONNECTIONS + "active",
            POOL + "available.count", CONNECTIONS + "available",
            POOL + "awaiting.count", CONNECTIONS + "awaiting");

    private static final Set<String> EXCLUDED =
            Set.of("process.cpu.time", "system.cpu.count", "http.server.connections");

    private static final Map<String, String> DESCRIPTIONS =
            Map.of("http.server.active.requests", "Requests that are being answered");

    @Produces
    @Singleton
    MeterFilter names() {
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                String name = RENAMED.getOrDefault(id.getName(), id.getName());
                String description = DESCRIPTIONS.get(id.getName());
                return description == null
                        ? id.withName(name)
                        : new Meter.Id(name, Tags.of(id.getTags()), id.getBaseUnit(), description, id.getType());
            }
        };
    }

    @Produces
    @Singleton
    MeterFilter exclusions() {
        return MeterFilter.deny(id -> EXCLUDED.contains(id.getName())
                || (id.getName().startsWith(POOL) && !id.getName().startsWith(CONNECTIONS)));
    }
}
