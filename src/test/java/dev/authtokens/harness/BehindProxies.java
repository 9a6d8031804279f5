package dev.authtokens.harness;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/**
 * The client of a test connects from a trusted proxy, so that it can come from anywhere. Quarkus's own reading of the header
 * is on as well, and leaked tokens are only logged.
 */
public final class BehindProxies implements QuarkusTestProfile {

    /** After so many failed logins an address is refused. */
    public static final int ADDRESS_FAILURES = 30;

    private static final String PROXIES = "127.0.0.0/8,10.0.0.0/8";

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "auth-tokens.http.trusted-proxies",
                PROXIES,
                "quarkus.http.proxy.proxy-address-forwarding",
                "true",
                "quarkus.http.proxy.trusted-proxies",
                PROXIES,
                "auth-tokens.throttle.address-failures",
                String.valueOf(ADDRESS_FAILURES),
                // None is forgotten while a slow machine makes them.
                "auth-tokens.throttle.address-period",
                "1d",
                "auth-tokens.token.leak-action",
                "log");
    }
}
