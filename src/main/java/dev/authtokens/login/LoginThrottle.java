package dev.authtokens.login;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.audit.AuditLog;
import dev.authtokens.audit.RequestOrigin;
import dev.authtokens.database.Sha256;
import dev.authtokens.login.AccountFailures.Reservation;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import dev.authtokens.user.Account;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.net.Inet;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;

/**
 * Throttles password guessing by account and by client network, with exponential backoff. Rejected attempts are counted, and
 * recorded in the audit log once a minute for each account and each network.
 */
@ApplicationScoped
class LoginThrottle {

    /** The first delay of an account is waited for, so that clients that log in side by side for the first time all succeed. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(2);

    private static final int IPV6_NETWORK_BYTES = 8;

    private final AccountFailures accounts;
    private final AddressFailures addresses;
    private final AuditLog audit;
    private final Counter rejectedByAccount;
    private final Counter rejectedByAddress;
    final Cache<String, Boolean> recentlyRecorded = Caffeine.newBuilder()
            .maximumSize(10_000)
            .expireAfterWrite(1, TimeUnit.MINUTES)
            .build();

    LoginThrottle(AccountFailures accounts, AddressFailures addresses, AuditLog audit, MeterRegistry metrics) {
        this.accounts = accounts;
        this.addresses = addresses;
        this.audit = audit;
        this.rejectedByAccount = counter(metrics, "account");
        this.rejectedByAddress = counter(metrics, "address");
    }

    private static Counter counter(MeterRegistry metrics, String by) {
        return Counter.builder("auth_tokens.logins.throttled")
                .description("Login attempts rejected by the throttle, by account or by client address")
                .tag("by", by)
                .register(metrics);
    }

    /** An admitted attempt. It counts as failed; closing it withdraws it, unless it succeeded or its password was refused. */
    final class Attempt implements AutoCloseable {

        private final AuditKind purpose;

        /** Empty when what was sent is not an e-mail address. */
        final Optional<EmailAddress> email;

        private final String network;
        private final Reservation reservation;
        private boolean settled;

        private Attempt(AuditKind purpose, Optional<EmailAddress> email, String network, Reservation reservation) {
            this.purpose = purpose;
            this.email = email;
            this.network = network;
            this.reservation = reservation;
        }

        /** Whether it counts for this account, which may have been created or renamed since. */
        boolean isOf(Account account) {
            return Arrays.equals(reservation.account(), AccountFailures.key(account.id()));
        }

        void settle() {
            settled = true;
        }

        @Override
        public void close() {
            if (!settled) {
                accounts.withdraw(reservation);
            }
        }

        /** For the audit log: what the password was for, and the delay that begins; null if neither. */
        private String auditDetail() {
            StringJoiner detail = new StringJoiner(", ").setEmptyValue("");
            if (purpose == AuditKind.PASSWORD_CHANGED) {
                detail.add("current password");
            }
            long seconds = reservation.delay().toSeconds();
            if (seconds > 0) {
                detail.add("failures: " + reservation.failures() + ", next after: " + seconds + " s");
            }
            return detail.length() == 0 ? null : detail.toString();
        }
    }

    /**
     * Rejects an attempt from a throttled client address before it takes a thread. It must not block, so it does not write to the
     * audit log: the first attempt in a minute passes, and {@link #admit} records it.
     *
     * @throws Problem {@code TOO_MANY_REQUESTS} with the time until the next attempt
     */
    void rejectThrottledAddress() {
        String network = network(RequestOrigin.current().address());
        Duration wait = addresses.retryAfter(network);
        if (!wait.isZero() && recentlyRecorded.getIfPresent("address " + network) != null) {
            rejectedByAddress.increment();
            throw new Problem(ProblemCode.TOO_MANY_REQUESTS, wait);
        }
    }

    /**
     * Admits an attempt, after a wait of at most {@link #MAX_WAIT}. What is no e-mail address counts like one without an account.
     *
     * @throws Problem {@code TOO_MANY_REQUESTS} with the time until the next attempt
     */
    Attempt admit(AuditKind purpose, String sentEmail) {
        Optional<EmailAddress> email = EmailAddress.parse(sentEmail);
        String network = network(RequestOrigin.current().address());
        Duration wait = addresses.retryAfter(network);
        if (!wait.isZero()) {
            rejectedByAddress.increment();
            throw reject("address", network, email, wait);
        }
        Reservation reservation = reserve(email.map(EmailAddress::canonical), sentEmail, network);
        if (!reservation.granted()) {
            rejectedByAccount.increment();
            addresses.rejected(network);
            throw reject("account", HexFormat.of().formatHex(reservation.account()), email, reservation.delay());
        }
        return new Attempt(purpose, email, network, reservation);
    }

    /** Sleeps through the first delay of an account, without a connection, and asks again. */
    private Reservation reserve(Optional<String> canonical, String sentEmail, String network) {
        byte[] digest = Sha256.digest(canonical.orElse(sentEmail).getBytes(StandardCharsets.UTF_8));
        String email = canonical.orElse("");
        long latest = System.nanoTime() + MAX_WAIT.toNanos();
        Reservation reservation = accounts.reserve(email, digest, network);
        while (!reservation.granted()
                && accounts.isFirstDelay(reservation)
                && reservation.delay().toNanos() <= latest - System.nanoTime()) {
            sleep(reservation.delay());
            reservation = accounts.reserve(email, digest, network);
        }
        return reservation;
    }

    private static void sleep(Duration delay) {
        try {
            // Rounded up: a fraction of a millisecond too early would be refused.
            Thread.sleep(delay.toMillis() + 1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem(ProblemCode.NOT_YET_AVAILABLE, delay);
        }
    }

    private Problem reject(String by, String which, Optional<EmailAddress> email, Duration wait) {
        if (recentlyRecorded.asMap().putIfAbsent(by + " " + which, true) == null) {
            String detail = "by " + by + ", next after: " + wait.toSeconds() + " s";
            recordFailure(AuditKind.LOGIN_THROTTLED, ProblemCode.TOO_MANY_REQUESTS, email, detail);
        }
        return new Problem(ProblemCode.TOO_MANY_REQUESTS, wait);
    }

    /** Resets the account's failures. Takes part in the caller's transaction, after which the attempt is to be settled. */
    void succeeded(Attempt attempt) {
        accounts.reset(attempt.reservation, attempt.network);
    }

    /** The answer to an attempt whose password was verified and refused. The account has counted it already. */
    Problem refuse(Attempt attempt, ProblemCode code) {
        attempt.settle();
        addresses.failed(attempt.network);
        recordFailure(attempt.purpose, code, attempt.email, attempt.auditDetail());
        return new Problem(code);
    }

    private void recordFailure(AuditKind kind, ProblemCode code, Optional<EmailAddress> email, String detail) {
        audit.recordFailure(kind, code, email.map(EmailAddress::canonical).orElse(null), detail);
    }

    /** The address, or for IPv6 its /64 network, which belongs to one client; empty without an address. */
    static String network(String address) {
        InetAddress parsed = address == null ? null : Inet.parseInetAddress(address);
        if (parsed instanceof Inet6Address) {
            return HexFormat.ofDelimiter(":").formatHex(parsed.getAddress(), 0, IPV6_NETWORK_BYTES) + "/64";
        }
        return parsed == null ? "" : address;
    }
}
