package dev.authtokens.login;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.ConfigValidationTest;
import dev.authtokens.harness.Await;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AddressFailuresTest {

    /** Nobody fills the memory by failing from everywhere. */
    @Test
    void remembersABoundedNumberOfNetworks() {
        int networks = 100_000;
        AddressFailures failures =
                new AddressFailures(ConfigValidationTest.read(Map.of("auth-tokens.throttle.address-failures", "1")));
        IntStream.range(0, networks).forEach(i -> failures.failed("network " + i));
        long remembered = IntStream.range(0, networks)
                .filter(i -> !failures.retryAfter("network " + i).isZero())
                .count();
        // The cache evicts a little later than it is filled.
        assertTrue(remembered > 0 && remembered < 60_000, remembered + " of " + networks);
    }

    /** They cost the service a query only, but their client does not wait. */
    @Test
    void countsTenRejectedLoginsAsOneThatFailed() {
        AddressFailures failures =
                new AddressFailures(ConfigValidationTest.read(Map.of("auth-tokens.throttle.address-failures", "2")));
        IntStream.range(0, 10).forEach(i -> failures.rejected("network"));
        assertTrue(failures.retryAfter("network").isZero());
        failures.rejected("network");
        assertFalse(failures.retryAfter("network").isZero());
    }

    @Test
    void forgetsFailuresAfterTheirPeriod() {
        AddressFailures failures = new AddressFailures(ConfigValidationTest.read(
                Map.of("auth-tokens.throttle.address-failures", "1", "auth-tokens.throttle.address-period", "1s")));
        failures.failed("network");
        Await.until(
                "the failure is not forgotten",
                () -> failures.retryAfter("network").isZero());
    }
}
