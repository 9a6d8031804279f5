package dev.authtokens.login;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.ServiceConfig;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.common.net.CidrAddress;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AddressFailuresTest {

    /** Nobody fills the memory by failing from everywhere. */
    @Test
    void remembersABoundedNumberOfNetworks() {
        int networks = 100_000;
        AddressFailures failures =
                new AddressFailures(oneFailure(), Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC));
        IntStream.range(0, networks).forEach(i -> failures.failed("network " + i));
        long remembered = IntStream.range(0, networks)
                .filter(i -> !failures.wait("network " + i).isZero())
                .count();
        // The cache evicts a little later than it is filled.
        assertTrue(remembered > 0 && remembered < 60_000, remembered + " of " + networks);
    }

    private static ServiceConfig oneFailure() {
        return new SmallRyeConfigBuilder()
                .withMapping(ServiceConfig.class)
                .withConverter(Duration.class, 200, new DurationConverter())
                .withConverter(CidrAddress.class, 200, text -> null)
                .withSources(
                        new PropertiesConfigSource(Map.of("auth-tokens.throttle.address-failures", "1"), "test", 100))
                .build()
                .getConfigMapping(ServiceConfig.class);
    }
}
