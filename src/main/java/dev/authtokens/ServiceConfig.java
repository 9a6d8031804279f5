package dev.authtokens;

import dev.authtokens.http.ForwardedHeader;
import io.smallrye.common.net.CidrAddress;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Every setting of the service itself. The environment variable of a setting is its path in capitals:
 * {@code token().idleTimeout()} is {@code AUTH_TOKENS_TOKEN_IDLE_TIMEOUT}. A value out of
 * {@link ConfigValidation} stops the start.
 */
@ConfigMapping(prefix = "auth-tokens")
public interface ServiceConfig {

    /** Whether a start brings the schema up to date; if not, it refuses an older schema. */
    @WithDefault("true")
    boolean migrateAtStart();

    /** The first administrator, made at a start that finds no user at all. */
    Bootstrap bootstrap();

    /** How passwords are kept. */
    Password password();

    /** How the guessing of passwords is slowed down. */
    Throttle throttle();

    /** Who is asking. */
    Http http();

    /** How long tokens live. */
    Token token();

    /** What is kept in memory of tokens. */
    Cache cache();

    /** What is kept of what happened. */
    Audit audit();

    /** What {@code GET /v4/info/} tells about the installation. */
    Info info();

    interface Bootstrap {

        /** E-mail address of the first administrator; goes with the password. */
        Optional<String> email();

        /** Password of the first administrator, as good as any new one; goes with the e-mail address. */
        Optional<String> password();
    }

    interface Password {

        /** Secret that is mixed into every password hash and kept apart from the database, 16 characters or more. */
        Optional<String> pepper();

        /** Peppers of former times: hashes made with them are accepted and renewed at the next login. */
        Optional<List<String>> previousPeppers();

        /** Fewest characters of a new password. NIST SP 800-63B-4 asks for 15 where a password is all that is asked for. */
        @WithDefault("12")
        int minLength();

        /** Cost of bcrypt: each step doubles the time of a hash. Hashes of another cost are renewed at the next login. */
        @WithDefault("10")
        int bcryptCost();
    }

    interface Throttle {

        /** So many logins to an account may fail in a row before each further one has to wait: a second, doubled each time. */
        @WithDefault("5")
        int accountFreeFailures();

        /** The longest wait between two logins to an account that failed. */
        @WithDefault("15m")
        Duration accountLongestDelay();

        /** So many logins from one address (IPv6: from one /64) may fail in the period, on each replica. */
        @WithDefault("100")
        int addressFailures();

        /** In this time the failures of an address are forgotten, bit by bit. */
        @WithDefault("10m")
        Duration addressPeriod();
    }

    interface Http {

        /** Networks (CIDR) of the proxies in front, whose word about the client's address counts; nobody's, when not set. */
        Optional<List<CidrAddress>> trustedProxies();

        /** The header that these proxies write; clients may write the other one as they like. */
        @WithDefault("x-forwarded-for")
        ForwardedHeader forwardedHeader();

        /**
         * A body that is not there this long after its headers is refused, and a connection ended on which a request was begun
         * and nothing answered for twice as long.
         */
        @WithDefault("20s")
        Duration requestTimeout();

        /** Origins whose scripts may call the API in browsers, as {@code https://app.example.com}; none, when not set. */
        Optional<List<String>> corsOrigins();
    }

    interface Token {

        /** A token dies this long after it was issued; never, when not set. */
        Optional<Duration> lifespan();

        /** A token dies this long after its last use; never, when not set. */
        Optional<Duration> idleTimeout();

        /** A token that was never used dies this long after it was issued; never, when not set. */
        Optional<Duration> unusedLifespan();

        /** How often the last use of tokens is written to the database. */
        @WithDefault("10s")
        Duration lastUseInterval();

        /** How often expired tokens are deleted. */
        @WithDefault("10m")
        Duration purgeInterval();
    }

    interface Cache {

        /** Whether token checks are answered from memory; if not, each one asks the database. */
        @WithDefault("true")
        boolean enabled();

        /** Most tokens that are kept in memory; each takes about half a kilobyte. */
        @WithDefault("50000")
        int maxEntries();

        /**
         * JDBC URL by which news of ended tokens comes in; that of the data source, when not set. It must lead to the
         * database itself: a pooler that shares connections between transactions loses the news.
         */
        Optional<String> listenUrl();
    }

    interface Audit {

        /** Audit events are deleted when they are older than this. */
        @WithDefault("365d")
        Duration retention();

        /** How often events whose retention is over are deleted. */
        @WithDefault("1h")
        Duration purgeInterval();
    }

    interface Info {

        /** Name of the installation. */
        @WithDefault("auth-tokens")
        String installationName();

        /** Technical provider: {@code kvm}, {@code aws} or {@code azure}. */
        @WithDefault("kvm")
        String provider();

        /** Data center or cloud region. */
        @WithDefault("local")
        String datacenter();

        /** Largest number of workers of a cluster, which clients of the whole API ask for after a login. */
        @WithDefault("20")
        int maxWorkersPerCluster();

        /** Usual number of workers of a cluster. */
        @WithDefault("3")
        int defaultWorkersPerCluster();
    }
}
