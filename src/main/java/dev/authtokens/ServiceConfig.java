package dev.authtokens;

import dev.authtokens.authentication.LeakAction;
import dev.authtokens.http.ForwardedHeader;
import io.smallrye.common.net.CidrAddress;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Every setting of the service itself; {@code docs/settings.md} has the same words. The environment variable of a setting
 * is its path in capitals: {@code token().idleTimeout()} is {@code AUTH_TOKENS_TOKEN_IDLE_TIMEOUT}. A value out of bounds
 * stops the start, see {@link ConfigValidation}.
 */
@ConfigMapping(prefix = "auth-tokens")
public interface ServiceConfig {

    /**
     * Whether a start migrates the schema. If false, a start with an older schema fails. Set it to false if the command
     * {@code migrate} migrates the schema, as in a Kubernetes Job.
     */
    @WithDefault("true")
    boolean migrateAtStart();

    /**
     * URL at which clients reach the service, as {@code https://auth.example.com}; none by default. It is the issuer in
     * introspections and in the metadata for OAuth clients. Set it for OAuth clients; use https but for tests.
     */
    Optional<String> publicUrl();

    /** What the service requires of PostgreSQL. */
    Database database();

    /** The first administrator, created by a start that finds no account. */
    Bootstrap bootstrap();

    /** Password hashing and the rules for new passwords. */
    Password password();

    /** Limits for failed logins. */
    Throttle throttle();

    /** Reverse proxies in front, time limits and CORS. */
    Http http();

    /** When tokens expire, and when expired tokens are deleted. */
    Token token();

    /** The cache of valid tokens. */
    Cache cache();

    /** The log by which replicas learn of revocations. */
    Revocation revocation();

    /** Retention of audit events. */
    Audit audit();

    /** The content of {@code GET /v4/info/}. */
    Info info();

    interface Database {

        /**
         * Whether requests are answered only while the synchronous standby of PostgreSQL confirms a write of each replica,
         * three times a second. If false, a replica that is cut off together with a former primary still accepts tokens
         * that were revoked elsewhere. Set it to true with synchronous replication if nothing else fences a former primary.
         */
        @WithDefault("false")
        boolean lease();
    }

    interface Bootstrap {

        /** E-mail address of the first administrator. Needs the password. Remove it after the first start. */
        Optional<String> email();

        /**
         * Password of the first administrator. The rules for new passwords apply. Needs the e-mail address. Remove it after
         * the first start.
         */
        Optional<String> password();
    }

    interface Password {

        /**
         * Secret key of the password hash, kept outside the database. 16 characters or more. If it is lost, no password can
         * be verified. Set it in production; change it by rotation, with the former one in {@link #previousPeppers}.
         */
        Optional<String> pepper();

        /**
         * Former peppers, 16 characters or more each. Hashes with a former pepper are verified, and renewed at the next
         * login. Set it during a rotation of the pepper.
         */
        Optional<List<String>> previousPeppers();

        /**
         * Minimum length of a new password in characters, 8 to 64. Set it to 15 to follow NIST SP 800-63B-4 if the password
         * is the only factor.
         */
        @WithDefault("12")
        int minLength();

        /**
         * File of passwords that leaked elsewhere, which are refused as new ones: lines of SHA-1 digests in hexadecimal,
         * sorted by them, as breach corpora are published; none by default. Set it to refuse all passwords of such a corpus.
         */
        Optional<Path> leakedList();

        /**
         * Cost of bcrypt, 10 to 16. Each step doubles the time of a hash. Hashes of another cost are renewed at the next
         * login. Raise it if your cores hash more logins than you need. Set it to the highest cost among imported hashes.
         */
        @WithDefault("10")
        int bcryptCost();
    }

    interface Throttle {

        /**
         * Number of failed logins in a row to one account before a delay, 1 to 9. Each further failure doubles the delay,
         * from 1 second. Lower it to throttle guessing sooner.
         */
        @WithDefault("5")
        int accountFreeFailures();

        /** Longest delay between two logins to one account. 1 second to 1 day. Raise it to throttle guessing for longer. */
        @WithDefault("15m")
        Duration accountLongestDelay();

        /**
         * Number of failed logins from one client address (IPv6: one /64 network) per period, on each replica. Ten logins that
         * are refused because of the account's delay count as one. 1 to 1,000,000. Raise it if many people share one address.
         */
        @WithDefault("100")
        int addressFailures();

        /**
         * Period in which the failed logins of an address are forgotten, gradually. 1 second to 1 day. Raise it to throttle an
         * address for longer.
         */
        @WithDefault("10m")
        Duration addressPeriod();
    }

    interface Http {

        /**
         * Networks (CIDR) of the reverse proxies whose forwarding header is trusted; none by default. Set it behind any
         * proxy. Without it, all clients behind the proxy count as one.
         */
        Optional<List<CidrAddress>> trustedProxies();

        /**
         * Header in which these proxies send the client address: {@code x-forwarded-for} or {@code forwarded}. The other
         * header is ignored. Change it if your proxy writes {@code Forwarded}.
         */
        @WithDefault("x-forwarded-for")
        ForwardedHeader forwardedHeader();

        /**
         * Time limit for the body of a request, which is refused with 408 then. A connection without a response for twice
         * this time is closed. 1 second to 10 minutes. Raise it for very slow clients.
         */
        @WithDefault("20s")
        Duration requestTimeout();

        /**
         * Origins whose scripts may call the API from a browser, as {@code https://app.example.com}; none by default. Set it
         * for web applications of other origins.
         */
        Optional<List<String>> corsOrigins();
    }

    interface Token {

        /**
         * Time from the issue of a token until it expires. 1 minute to 36,500 days; never by default. Set it if sessions
         * must end after a fixed time.
         */
        Optional<Duration> lifespan();

        /**
         * Time from the last use of a token until it expires. 5 minutes to 36,500 days; never by default. Set it if unused
         * sessions must end.
         */
        Optional<Duration> idleTimeout();

        /**
         * Time from the issue of a token that was never used until it expires. 5 minutes to 36,500 days; never by default.
         * Set it if clients log in and do not use the token.
         */
        Optional<Duration> unusedLifespan();

        /**
         * Interval at which the last use of tokens is written to the database. Other replicas learn of a use after it. 1
         * second to 1 minute. Raise it to write less often.
         */
        @WithDefault("10s")
        Duration lastUseInterval();

        /**
         * Interval at which expired tokens are deleted. 1 second or more. Those that expired because they were not used are
         * deleted a day later, since a later use may not be written yet. Lower it if expired tokens take too much space.
         */
        @WithDefault("10m")
        Duration purgeInterval();

        /**
         * What happens to a valid token in the request line, {@code Referer}, activity or command line of a request, which
         * get logged: {@code revoke}, {@code log} (it stays valid) or {@code off}. Set it to {@code log} if a client or proxy
         * must first be changed not to send tokens there.
         */
        @WithDefault("revoke")
        LeakAction leakAction();
    }

    interface Cache {

        /**
         * Whether valid tokens are cached in memory. If false, every check queries the database. Set it to false if every
         * replica must refuse a revoked token at once. Checks are slower then.
         */
        @WithDefault("true")
        boolean enabled();

        /**
         * Largest number of tokens in the cache, 100 to 10,000,000. Each takes about half a kilobyte. Raise it if more
         * tokens are in use and memory allows.
         */
        @WithDefault("50000")
        int maxEntries();

        /**
         * How long tokens that were valid when they were last read are accepted while the database cannot be reached; none by
         * default, at most 5 minutes. Set it if services must keep working during an outage, and a token that is revoked during a
         * network partition may be accepted for that long.
         */
        @WithDefault("0s")
        Duration outageGrace();
    }

    interface Revocation {

        /**
         * Time between two readings of the revocation log, 10 milliseconds to 400 milliseconds. A revoked token is refused by
         * the other replicas after about this time. Raise it to save queries, ten a second for each replica by default.
         */
        @WithDefault("100ms")
        Duration pollInterval();

        /**
         * Age at which rows of the revocation log are deleted, 1 minute to 7 days. Every replica has read them long before.
         * Change it only to look further back with SQL.
         */
        @WithDefault("1h")
        Duration retention();
    }

    interface Audit {

        /** Age at which audit events are deleted. 1 to 36,500 days. Set it to what your policy requires. */
        @WithDefault("365d")
        Duration retention();

        /** Interval at which old audit events are deleted. 1 second or more. */
        @WithDefault("1h")
        Duration purgeInterval();
    }

    interface Info {

        /** Name of the installation. Not blank. Set it for each installation. */
        @WithDefault("auth-tokens")
        String installationName();

        /** Provider: {@code kvm}, {@code aws} or {@code azure}. Set it to your provider. */
        @WithDefault("kvm")
        String provider();

        /** Data center or cloud region. Not blank. Set it to your region. */
        @WithDefault("local")
        String datacenter();

        /** Largest number of workers of a cluster, 1 or more. Clients of the whole API read it after a login. */
        @WithDefault("20")
        int maxWorkersPerCluster();

        /** Default number of workers of a cluster, 1 or more. */
        @WithDefault("3")
        int defaultWorkersPerCluster();

        /**
         * Types of workers, the default first, for the provider {@code aws} (instance types) or {@code azure} (VM sizes); none
         * by default. Set it if clients of the whole API show them.
         */
        Optional<List<String>> workerTypes();
    }
}
