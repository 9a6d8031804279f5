package dev.authtokens;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.ConfigValidationException.Problem;
import io.smallrye.config.ConfigValidator;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SmallRyeConfigBuilderCustomizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * Refuses settings that are out of bounds, all of them at once, and without their values, for some are secrets. Written out,
 * since Bean Validation for these few lines took a quarter of a start on the JVM.
 */
public final class ConfigValidation implements SmallRyeConfigBuilderCustomizer, ConfigValidator {

    private static final String LONGEST = "36500d";
    private static final Pattern ORIGIN = Pattern.compile("https?://[^/\\s]+");

    @Override
    public void configBuilder(SmallRyeConfigBuilder builder) {
        builder.withValidator(this);
    }

    @Override
    public void validateMapping(Class<?> mapping, String prefix, Object settings) {
        if (settings instanceof ServiceConfig config) {
            Problems problems = new Problems(prefix, new ArrayList<>());
            check(config.password(), problems);
            check(config.throttle(), problems);
            check(config.http(), problems);
            check(config.token(), problems);
            check(config.cache(), problems);
            check(config.revocation(), problems);
            check(config.audit(), problems);
            check(config.info(), problems);
            if (!problems.found().isEmpty()) {
                throw new ConfigValidationException(problems.found().toArray(Problem[]::new));
            }
        }
    }

    private static void check(ServiceConfig.Password password, Problems problems) {
        password.pepper().ifPresent(pepper -> problems.checkSecret("password.pepper", pepper));
        problems.checkEach("password.previous-peppers", password.previousPeppers(), problems::checkSecret);
        problems.check("password.min-length", password.minLength(), 8, 64);
        problems.check("password.bcrypt-cost", password.bcryptCost(), 10, 16);
    }

    private static void check(ServiceConfig.Throttle throttle, Problems problems) {
        problems.check("throttle.account-free-failures", throttle.accountFreeFailures(), 1, 9);
        problems.check("throttle.account-longest-delay", throttle.accountLongestDelay(), "1s", "1d");
        problems.check("throttle.address-failures", throttle.addressFailures(), 1, 1_000_000);
        problems.check("throttle.address-period", throttle.addressPeriod(), "1s", "1d");
    }

    private static void check(ServiceConfig.Http http, Problems problems) {
        problems.check("http.request-timeout", http.requestTimeout(), "1s", "10m");
        problems.checkEach(
                "http.cors-origins",
                http.corsOrigins(),
                (name, origin) ->
                        problems.check(name, ORIGIN.matcher(origin).matches(), "is no origin: scheme, host and port"));
    }

    private static void check(ServiceConfig.Token token, Problems problems) {
        problems.check("token.lifespan", token.lifespan(), "1m", LONGEST);
        problems.check("token.idle-timeout", token.idleTimeout(), "5m", LONGEST);
        problems.check("token.unused-lifespan", token.unusedLifespan(), "5m", LONGEST);
        problems.check("token.last-use-interval", token.lastUseInterval(), "1s", "1m");
        problems.check("token.purge-interval", token.purgeInterval(), "1s", LONGEST);
    }

    private static void check(ServiceConfig.Cache cache, Problems problems) {
        problems.check("cache.max-entries", cache.maxEntries(), 100, 10_000_000);
    }

    private static void check(ServiceConfig.Revocation revocation, Problems problems) {
        problems.check("revocation.poll-interval", revocation.pollInterval(), "10ms", "400ms");
        problems.check("revocation.retention", revocation.retention(), "1m", "7d");
    }

    private static void check(ServiceConfig.Audit audit, Problems problems) {
        problems.check("audit.retention", audit.retention(), "1d", LONGEST);
        problems.check("audit.purge-interval", audit.purgeInterval(), "1s", LONGEST);
    }

    private static void check(ServiceConfig.Info info, Problems problems) {
        problems.checkFilled("info.installation-name", info.installationName());
        problems.checkFilled("info.provider", info.provider());
        problems.checkFilled("info.datacenter", info.datacenter());
        problems.check("info.max-workers-per-cluster", info.maxWorkersPerCluster(), 1, Integer.MAX_VALUE);
        problems.check("info.default-workers-per-cluster", info.defaultWorkersPerCluster(), 1, Integer.MAX_VALUE);
    }

    /** One line for each violation, which begins with the property. */
    private record Problems(String prefix, List<Problem> found) {

        private static final int SECRET_LENGTH = 16;

        void check(String name, boolean isGood, String reason) {
            if (!isGood) {
                found.add(new Problem(prefix + "." + name + " " + reason));
            }
        }

        void check(String name, int value, int least, int most) {
            check(name, value >= least, "must be greater than or equal to " + least);
            check(name, value <= most, "must be less than or equal to " + most);
        }

        void check(String name, Duration value, String least, String most) {
            check(name, value.compareTo(duration(least)) >= 0, "must be longer than or equal to " + least);
            check(name, value.compareTo(duration(most)) <= 0, "must be shorter than or equal to " + most);
        }

        void check(String name, Optional<Duration> value, String least, String most) {
            value.ifPresent(duration -> check(name, duration, least, most));
        }

        void checkSecret(String name, String secret) {
            check(name, secret.length() >= SECRET_LENGTH, "must have " + SECRET_LENGTH + " characters or more");
        }

        void checkFilled(String name, String text) {
            check(name, !text.isBlank(), "must not be blank");
        }

        void checkEach(String name, Optional<List<String>> values, BiConsumer<String, String> check) {
            List<String> present = values.orElse(List.of());
            for (int i = 0; i < present.size(); i++) {
                check.accept(name + "[" + i + "]", present.get(i));
            }
        }

        private static Duration duration(String bound) {
            return DurationConverter.parseDuration(bound);
        }
    }
}
