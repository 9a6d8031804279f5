package dev.authtokens.login;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.authtokens.ServiceConfig;
import io.github.bucket4j.Bucket;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/**
 * Limits failed logins by client network, on this replica and in memory. A login that the account's delay rejects counts as a
 * part of a failed one, so that a client that never waits does not keep the owner from the threads for the account.
 */
@ApplicationScoped
class AddressFailures {

    private static final int MAX_NETWORKS = 50_000;

    /** Rejected logins that count as one failed. */
    private static final int REJECTED_OF_FAILED = 10;

    private final Cache<String, Bucket> buckets;
    private final long capacity;
    private final Duration period;

    AddressFailures(ServiceConfig config) {
        this.capacity = (long) config.throttle().addressFailures() * REJECTED_OF_FAILED;
        this.period = config.throttle().addressPeriod();
        // A bucket that was not used for this long is full again.
        this.buckets = Caffeine.newBuilder()
                .maximumSize(MAX_NETWORKS)
                .expireAfterAccess(period)
                .build();
    }

    /** Time until the next attempt may be made; zero when one may be made now. */
    Duration retryAfter(String network) {
        return Duration.ofNanos(
                bucket(network).estimateAbilityToConsume(REJECTED_OF_FAILED).getNanosToWaitForRefill());
    }

    void failed(String network) {
        bucket(network).tryConsumeAsMuchAsPossible(REJECTED_OF_FAILED);
    }

    void rejected(String network) {
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
