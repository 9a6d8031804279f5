package dev.authtokens;

import dev.authtokens.password.LeakedPasswords;
import dev.authtokens.settings.SecretSettings;
import dev.authtokens.settings.SettingNames;
import io.quarkus.agroal.runtime.DataSourcesJdbcRuntimeConfig;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.ConfigValidationException.Problem;
import io.smallrye.config.ConfigValidator;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SmallRyeConfigBuilderCustomizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Refuses settings that are out of bounds or do not exist, all at once, and without their values, since some are secrets. Without
 * Bean Validation, which took a quarter of a start on the JVM for these few lines.
 */
public final class ConfigValidation implements SmallRyeConfigBuilderCustomizer, ConfigValidator {

    /** Bounds of lifespans, also of one that the command line gives to a token. */
    public static final String SHORTEST_LIFESPAN = "1m";

    public static final String LONGEST = "36500d";

    private static final Pattern PUBLIC_URL = Pattern.compile("https?://[^/?#@\\s]+(/[^?#\\s]*[^/?#\\s])?");
    private static final List<String> PROVIDERS = List.of("kvm", "aws", "azure");

    /** As browsers send it (RFC 6454, section 6.1): in lower case, without the port that its scheme has by default. */
    private static final Pattern ORIGIN = Pattern.compile("(http://(?!.*:80$)|https://(?!.*:443$))[^/\\s\\p{Lu}]+");

    private final Supplier<Map<String, String>> environment;

    /** For Quarkus, which finds it as a service. */
    public ConfigValidation() {
        this(System::getenv);
    }

    ConfigValidation(Supplier<Map<String, String>> environment) {
        this.environment = environment;
    }

    @Override
    public void configBuilder(SmallRyeConfigBuilder builder) {
        builder.withValidator(this)
                .withInterceptors(new SecretSettings())
                .withConverter(Boolean.class, 200, ConfigValidation::toBoolean);
    }

    @Override
    public void validateMapping(Class<?> mapping, String prefix, Object settings) {
        List<Problem> problems = new ArrayList<>();
        if (settings instanceof ServiceConfig config) {
            new SettingNames(ServiceConfig.class, prefix)
                    .describeUnknown(environment.get())
                    .map(Problem::new)
                    .forEach(problems::add);
            new Bounds(prefix, problems).check(config);
        }
        if (settings instanceof DataSourcesJdbcRuntimeConfig config) {
            config.dataSources().values().stream()
                    .flatMap(source -> source.jdbc().url().stream())
                    .filter(url -> !isReadable(url))
                    .map(url -> StartFailure.ofUrl("is not of the form jdbc:postgresql://host:port/database"))
                    .map(failure -> new Problem(failure.getMessage()))
                    .forEach(problems::add);
        }
        if (!problems.isEmpty()) {
            throw new ConfigValidationException(problems.toArray(Problem[]::new));
        }
    }

    /** The driver takes a user and a password before the host for a part of its name. */
    private static boolean isReadable(String url) {
        Properties parts = Driver.parseURL(url, null);
        return parts != null && !PGProperty.PG_HOST.getOrDefault(parts).contains("@");
    }

    /** Quarkus' converter takes every word that it does not know for false. */
    private static Boolean toBoolean(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "y", "on", "1" -> true;
            case "false", "no", "n", "off", "0" -> false;
            case "" -> null;
            default -> throw new IllegalArgumentException("must be true or false");
        };
    }

    /** Collects one line for each violation, which begins with the property. */
    private record Bounds(String prefix, List<Problem> problems) {

        private static final int SECRET_LENGTH = 16;

        void check(ServiceConfig config) {
            config.publicUrl()
                    .ifPresent(url -> check(
                            "public-url",
                            PUBLIC_URL.matcher(url).matches(),
                            "is no URL like https://auth.example.com, without a slash at its end"));
            config.password().pepper().ifPresent(pepper -> checkSecret("password.pepper", pepper));
            checkEach("password.previous-peppers", config.password().previousPeppers(), this::checkSecret);
            check("password.min-length", config.password().minLength(), 8, 64);
            config.password()
                    .leakedList()
                    .flatMap(file -> new LeakedPasswords(file).refusal())
                    .ifPresent(reason -> check("password.leaked-list", false, reason));
            check("password.bcrypt-cost", config.password().bcryptCost(), 10, 16);
            check("throttle.account-free-failures", config.throttle().accountFreeFailures(), 1, 9);
            check("throttle.account-longest-delay", config.throttle().accountLongestDelay(), "1s", "1d");
            check("throttle.address-failures", config.throttle().addressFailures(), 1, 1_000_000);
            check("throttle.address-period", config.throttle().addressPeriod(), "1s", "1d");
            check("http.request-timeout", config.http().requestTimeout(), "1s", "10m");
            checkEach("http.cors-origins", config.http().corsOrigins(), this::checkOrigin);
            check("token.lifespan", config.token().lifespan(), SHORTEST_LIFESPAN, LONGEST);
            check("token.idle-timeout", config.token().idleTimeout(), "5m", LONGEST);
            check("token.unused-lifespan", config.token().unusedLifespan(), "5m", LONGEST);
            check("token.last-use-interval", config.token().lastUseInterval(), "1s", "1m");
            check("token.purge-interval", config.token().purgeInterval(), "1s", LONGEST);
            check("cache.max-entries", config.cache().maxEntries(), 100, 10_000_000);
            check("cache.outage-grace", config.cache().outageGrace(), "0s", "5m");
            check(
                    "cache.outage-grace",
                    config.cache().enabled() || config.cache().outageGrace().isZero(),
                    "needs the cache, which is not enabled");
            check(
                    "cache.outage-grace",
                    !config.database().lease() || config.cache().outageGrace().isZero(),
                    "does not go together with auth-tokens.database.lease, without which nothing is answered");
            check("revocation.poll-interval", config.revocation().pollInterval(), "10ms", "400ms");
            check("revocation.retention", config.revocation().retention(), "1m", "7d");
            check("audit.retention", config.audit().retention(), "1d", LONGEST);
            check("audit.purge-interval", config.audit().purgeInterval(), "1s", LONGEST);
            check("info.installation-name", !config.info().installationName().isBlank(), "must not be blank");
            check("info.provider", PROVIDERS.contains(config.info().provider()), "must be one of " + PROVIDERS);
            check("info.datacenter", !config.info().datacenter().isBlank(), "must not be blank");
            check("info.max-workers-per-cluster", config.info().maxWorkersPerCluster(), 1, Integer.MAX_VALUE);
            check("info.default-workers-per-cluster", config.info().defaultWorkersPerCluster(), 1, Integer.MAX_VALUE);
        }

        void check(String name, boolean isValid, String reason) {
            if (!isValid) {
                problems.add(new Problem(prefix + "." + name + " " + reason));
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

        void checkOrigin(String name, String origin) {
            check(
                    name,
                    ORIGIN.matcher(origin).matches(),
                    "is no origin as browsers send it: scheme and host in lower case, and the port unless it is the default");
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
