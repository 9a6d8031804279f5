package dev.authtokens.login;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.authtokens.Sha256;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.audit.AuditLog;
import dev.authtokens.audit.Origin;
import dev.authtokens.login.AccountFailures.Reservation;
import dev.authtokens.login.Login.Purpose;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import dev.authtokens.user.HashingPool;
import dev.authtokens.user.PasswordChanged;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.net.Inet;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Slows down the guessing of passwords, by account and by network of the client. What is refused is counted, and told to the
 * audit trail once a minute for each account and each network.
 */
@ApplicationScoped
class LoginThrottle {

    /** The first delay of an account is waited out, so that clients that log in side by side for the first time all get in. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Duration PAUSE = Duration.ofMillis(100);

    private static final int IPV6_NETWORK_BYTES = 8;

    private final AccountFailures accounts;
    private final AddressFailures addresses;
    private final AuditLog audit;
    private final HashingPool pool;
    private final Vertx vertx;
    private final Counter refusedByAccount;
    private final Counter refusedByAddress;
    final Cache<String, Boolean> toldLately = Caffeine.newBuilder()
            .maximumSize(10_000)
            .expireAfterWrite(1, TimeUnit.MINUTES)
            .build();

    LoginThrottle(
            AccountFailures accounts,
            AddressFailures addresses,
            AuditLog audit,
            HashingPool pool,
            Vertx vertx,
            MeterRegistry metrics) {
        this.accounts = accounts;
        this.addresses = addresses;
        this.audit = audit;
        this.pool = pool;
        this.vertx = vertx;
        this.refusedByAccount = counter(metrics, "account");
        this.refusedByAddress = counter(metrics, "address");
    }

    private static Counter counter(MeterRegistry metrics, String by) {
        return Counter.builder("auth_tokens.logins.throttled")
                .description("Logins that were refused, since too many for this account, or from this address, failed")
                .tag("by", by)
                .register(metrics);
    }

    /** An attempt that may go on; the account counts it as failed until it has {@link #succeeded}. */
    record Attempt(Purpose purpose, byte[] account, String network, Reservation reservation) {

        /** For the audit trail, if it fails: what it was, and that it was the last one for a while; null if neither. */
        String detail() {
            long seconds = reservation.closed().toSeconds();
            String last =
                    seconds == 0 ? null : "failures: " + reservation.failures() + ", next after: " + seconds + " s";
            return Stream.of(purpose.detail(), last)
                    .flatMap(Stream::ofNullable)
                    .reduce((what, more) -> what + ", " + more)
                    .orElse(null);
        }
    }

    /**
     * @param written the e-mail address as it was sent
     * @param email what it means; empty when that is no e-mail address, which counts like one without an account
     * @return fails with {@code TOO_MANY_REQUESTS} when the attempt must wait
     */
    Future<Attempt> admit(Purpose purpose, String written, Optional<EmailAddress> email) {
        String canonical = email.map(EmailAddress::canonical).orElse(null);
        byte[] account = digest(canonical == null ? written : canonical);
        String network = network(Origin.current().address());
        Duration wait = addresses.wait(network);
        if (!wait.isZero()) {
            refusedByAddress.increment();
            return refuse("address " + network, canonical, wait);
        }
        return reserve(account, network, System.nanoTime()).compose(reservation -> {
            if (reservation.granted()) {
                return Future.succeededFuture(new Attempt(purpose, account, network, reservation));
            }
            refusedByAccount.increment();
            return refuse("account " + HexFormat.of().formatHex(account), canonical, reservation.closed());
        });
    }

    private Future<Reservation> reserve(byte[] account, String network, long since) {
        return pool.atDatabase(() -> accounts.reserve(account, network)).compose(reservation -> {
            boolean waits = !reservation.granted()
                    && accounts.isFirstDelay(reservation)
                    && System.nanoTime() - since < PATIENCE.toNanos();
            return waits
                    ? vertx.timer(PAUSE.toMillis(), TimeUnit.MILLISECONDS)
                            .compose(over -> reserve(account, network, since))
                    : Future.succeededFuture(reservation);
        });
    }

    private <T> Future<T> refuse(String whom, String email, Duration wait) {
        Problem problem = new Problem(ProblemCode.TOO_MANY_REQUESTS, wait);
        if (toldLately.asMap().putIfAbsent(whom, true) != null) {
            return Future.failedFuture(problem);
        }
        String detail = "by " + whom.substring(0, whom.indexOf(' ')) + ", next after: " + wait.toSeconds() + " s";
        return pool.atDatabase(() -> {
            audit.recordFailure(AuditKind.LOGIN_THROTTLED, problem.code(), email, detail);
            throw problem;
        });
    }

    /** Within the transaction that the login makes. */
    void succeeded(Attempt attempt) {
        accounts.remember(attempt.account(), attempt.network(), attempt.reservation());
    }

    /** The password was looked at, and is not good; the account counts it already. */
    void failed(Attempt attempt) {
        addresses.failed(attempt.network());
    }

    void forgive(@Observes PasswordChanged change) {
        accounts.forgive(digest(EmailAddress.canonical(change.email())));
    }

    private static byte[] digest(String text) {
        return Sha256.digest(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The address, or of IPv6 the network that one client has for itself; empty where there is none. */
    static String network(String address) {
        InetAddress parsed = address == null ? null : Inet.parseInetAddress(address);
        if (parsed instanceof Inet6Address) {
            byte[] prefix = Arrays.copyOf(parsed.getAddress(), IPV6_NETWORK_BYTES);
            return HexFormat.ofDelimiter(":").formatHex(prefix) + "/64";
        }
        return parsed == null ? "" : address;
    }
}
