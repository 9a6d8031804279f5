package dev.authtokens.login;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.authtokens.ServiceConfig;
import io.github.bucket4j.Bucket;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/**
 * Limits failed logins by client network, whatever the account, with a token bucket for each network: on this replica, in
 * memory, for at most {@link #MAX_NETWORKS} networks.
 */
@ApplicationScoped
class AddressFailures {

    private static final int MAX_NETWORKS = 50_000;

    private final Cache<String, Bucket> buckets;
    private final int capacity;
    private final Duration period;

    AddressFailures(ServiceConfig config) {
        this.capacity = config.throttle().addressFailures();
        this.period = config.throttle().addressPeriod();
        // A bucket that was not used for this long is full again.
        this.buckets = Caffeine.newBuilder()
                .maximumSize(MAX_NETWORKS)
                .expireAfterAccess(period)
                .build();
    }

    /** Time until the next attempt may be made; zero when one may be made now. */
    Duration wait(String network) {
        return Duration.ofNanos(bucket(network).estimateAbilityToConsume(1).getNanosToWaitForRefill());
    }

    void failed(String network) {
        bucket(network).tryConsume(1);
    }

    private Bucket bucket(String network) {
        return buckets.get(
                network,
                unseen -> Bucket.builder()
                        .addLimit(limit -> limit.capacity(capacity).refillGreedy(capacity, period))
                        .withNanosecondPrecision()
                        .build());
    }
}
