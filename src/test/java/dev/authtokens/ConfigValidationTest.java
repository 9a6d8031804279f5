package dev.authtokens;

import static io.smallrye.config.common.utils.StringUtil.skewer;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.agroal.runtime.DataSourcesJdbcRuntimeConfig;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.PathConverter;
import io.smallrye.common.net.CidrAddress;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

public class ConfigValidationTest {

    @ParameterizedTest
    @CsvSource({
        "public-url, https://auth.example.com, auth.example.com",
        "public-url, http://localhost:8000, https://auth.example.com/",
        "public-url, https://example.com/auth, https://example.com/auth?x",
        "public-url, https://[::1]:8443, https://user@example.com",
        "password.pepper, sixteen letters., fifteen letters",
        "password.min-length, 8, 7",
        "password.min-length, 64, 65",
        "password.leaked-list, src/test/resources/leaked-passwords.txt, src/test/resources/none.txt",
        "password.leaked-list, src/test/resources/leaked-passwords.txt, src/test/resources/contract.json",
        "password.bcrypt-cost, 10, 9",
        "password.bcrypt-cost, 16, 17",
        "throttle.account-free-failures, 1, 0",
        "throttle.account-free-failures, 9, 10",
        "throttle.account-longest-delay, 1s, PT0.9S",
        "throttle.account-longest-delay, 1d, 25h",
        "throttle.address-failures, 1, 0",
        "throttle.address-failures, 1000000, 1000001",
        "throttle.address-period, 1s, PT0.9S",
        "throttle.address-period, 1d, 25h",
        "http.request-timeout, 1s, PT0.9S",
        "http.request-timeout, 10m, 601s",
        "token.lifespan, 1m, 59s",
        "token.lifespan, 36500d, 36501d",
        "token.idle-timeout, 5m, 299s",
        "token.idle-timeout, 36500d, 36501d",
        "token.unused-lifespan, 5m, 299s",
        "token.unused-lifespan, 36500d, 36501d",
        "token.last-use-interval, 1s, PT0.9S",
        "token.last-use-interval, 1m, 61s",
        "token.purge-interval, 1s, PT0.9S",
        "token.purge-interval, 36500d, 36501d",
        "cache.max-entries, 100, 99",
        "cache.max-entries, 10000000, 10000001",
        "cache.outage-grace, 5m, 301s",
        "revocation.poll-interval, 400ms, 401ms",
        "revocation.poll-interval, 10ms, 9ms",
        "revocation.retention, 1m, 59s",
        "revocation.retention, 7d, 8d",
        "audit.retention, 1d, 23h",
        "audit.retention, 36500d, 36501d",
        "audit.purge-interval, 1s, PT0.9S",
        "audit.purge-interval, 36500d, 36501d",
        "info.installation-name, x, ' '",
        "info.provider, azure, vsphere",
        "info.datacenter, x, ' '",
        "info.max-workers-per-cluster, 1, 0",
        "info.default-workers-per-cluster, 1, 0"
    })
    void acceptsTheLastGoodValueAndRefusesTheFirstBadOne(String name, String good, String bad) {
        assertDoesNotThrow(() -> read(Map.of("auth-tokens." + name, good)));
        assertRefused("auth-tokens." + name, Map.of("auth-tokens." + name, bad));
    }

    @ParameterizedTest
    @CsvSource({
        "password.previous-peppers, sixteen letters., fifteen letters",
        "http.cors-origins, http://localhost:3000, https://a.example.com/path",
        "http.cors-origins, https://a.example.com:8443, https://a.example.com:443",
        "http.cors-origins, http://a.example.com:443, http://a.example.com:80",
        "http.cors-origins, https://a.example.com, https://A.example.com"
    })
    void tellsWhichElementOfAListIsWrong(String name, String good, String bad) {
        assertDoesNotThrow(() -> read(Map.of("auth-tokens." + name, good + "," + good)));
        assertRefused("auth-tokens." + name + "[1]", Map.of("auth-tokens." + name, good + "," + bad));
    }

    @Test
    void tellsAllThatIsWrongAtOnce() {
        ConfigValidationException refusal =
                refusal(Map.of("auth-tokens.password.bcrypt-cost", "4", "auth-tokens.token.lifespan", "1s"));
        assertEquals(
                Set.of(
                        "auth-tokens.password.bcrypt-cost must be greater than or equal to 10",
                        "auth-tokens.token.lifespan must be longer than or equal to 1m"),
                messages(refusal));
    }

    @ParameterizedTest
    @MethodSource("numbersAndDurations")
    void noNumberAndNoDurationIsWithoutBounds(String property, String negative) {
        assertRefused(property, Map.of(property, negative));
    }

    static Stream<Arguments> numbersAndDurations() {
        return Arrays.stream(ServiceConfig.class.getDeclaredClasses())
                .flatMap(group -> Arrays.stream(group.getDeclaredMethods()))
                .flatMap(setting -> {
                    String type = setting.getGenericReturnType().getTypeName();
                    String property = "auth-tokens."
                            + skewer(setting.getDeclaringClass().getSimpleName()) + "." + skewer(setting.getName());
                    return switch (type) {
                        case "int" -> Stream.of(Arguments.of(property, "-1"));
                        case "java.time.Duration", "java.util.Optional<java.time.Duration>" ->
                            Stream.of(Arguments.of(property, "PT-1S"));
                        default -> Stream.empty();
                    };
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "TRUE", " yes ", "on", "1", "y"})
    void readsWhatIsTrue(String value) {
        assertTrue(read(Map.of("auth-tokens.cache.enabled", value)).cache().enabled());
    }

    @Test
    void refusesAGraceWithoutACache() {
        assertEquals(
                Set.of("auth-tokens.cache.outage-grace needs the cache, which is not enabled"),
                messages(refusal(
                        Map.of("auth-tokens.cache.enabled", "false", "auth-tokens.cache.outage-grace", "30s"))));
    }

    @Test
    void refusesAGraceWithALease() {
        assertEquals(
                Set.of(
                        "auth-tokens.cache.outage-grace does not go together with auth-tokens.database.lease, without which"
                                + " nothing is answered"),
                messages(refusal(
                        Map.of("auth-tokens.database.lease", "true", "auth-tokens.cache.outage-grace", "30s"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "False", "no", "off", "0", "n"})
    void readsWhatIsFalse(String value) {
        assertFalse(read(Map.of("auth-tokens.cache.enabled", value)).cache().enabled());
    }

    @ParameterizedTest
    @ValueSource(strings = {"auth-tokens.cache.enabled", "auth-tokens.migrate-at-start"})
    void refusesWhatIsNeitherTrueNorFalse(String property) {
        String message = messages(refusal(Map.of(property, "maybe"))).iterator().next();
        assertTrue(message.contains(property) && message.endsWith("must be true or false"), message);
    }

    @ParameterizedTest
    @CsvSource({
        "AUTH_TOKENS_TOKEN_LIFESPAM, AUTH_TOKENS_TOKEN_LIFESPAN",
        "AUTH_TOKENS_LIFESPAN, AUTH_TOKENS_TOKEN_LIFESPAN",
        "AUTH_TOKENS_MIGRATE_ON_START, AUTH_TOKENS_MIGRATE_AT_START",
        "AUTH_TOKENS_PEPPER, AUTH_TOKENS_PASSWORD_PEPPER",
        "AUTH_TOKENS_PASSWORD_PEPER_FILE, AUTH_TOKENS_PASSWORD_PEPPER_FILE",
        "AUTH_TOKENS_BOOTSTRAP_EMAIL_FILE, AUTH_TOKENS_BOOTSTRAP_EMAIL",
        "AUTH_TOKENS_HTTP_TRUSTED_PROXY, AUTH_TOKENS_HTTP_TRUSTED_PROXIES",
        "auth_tokens_cache_enable, AUTH_TOKENS_CACHE_ENABLED"
    })
    void refusesAVariableThatDoesNotExistAndNamesTheNearest(String variable, String nearest) {
        assertEquals(
                Set.of(variable + " is no setting: did you mean " + nearest + "?"),
                messages(assertThrows(ConfigValidationException.class, () -> read(Map.of(), variable))));
    }

    @Test
    void acceptsEveryVariableThatExistsAndThoseThatKubernetesSets() {
        List<String> settings = SettingsTest.variables();
        assertDoesNotThrow(() -> read(Map.of(), settings.toArray(String[]::new)));
        assertDoesNotThrow(() -> read(
                Map.of(),
                "auth_tokens_cache_enabled",
                "AUTH_TOKENS_PASSWORD_PREVIOUS_PEPPERS_0_",
                "AUTH_TOKENS_PASSWORD_PREVIOUS_PEPPERS_FILE",
                "AUTH_TOKENS_PASSWORD_PEPPER_FILE",
                "AUTH_TOKENS_BOOTSTRAP_PASSWORD_FILE",
                "AUTH_TOKENS_SERVICE_HOST",
                "AUTH_TOKENS_SERVICE_PORT_HTTP",
                "AUTH_TOKENS_PORT=tcp://10.96.0.12:8000",
                "AUTH_TOKENS_PORT_8000_TCP",
                "AUTH_TOKENS_PORT_8000_TCP_ADDR",
                "AUTH_TOKENS_DATABASE_RW_SERVICE_PORT",
                "AUTH_TOKENS_DATABASE_RW_PORT_5432_TCP_PROTO",
                "HOME"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://app:s3cret@host/db",
                "jdbc:mysql:",
                "jdbc:mysql://app:s3cret@host/db",
                "jdbc:postgresql://app:s3cret@host/db",
                "jdbc:postgresql://app:s3cret@localhost:5432",
                "jdbc:postgresql://app:s3cret@localhost:5432/db",
                "jdbc:postgresql://localhost:5432,app:s3cret@host:5432/db",
                "jdbc:postgresql://localhost:99999/db?password=s3cret",
                "jdbc:postgresql://localhost/db?password=s3%cret"
            })
    void refusesAUrlThatTheDriverCannotReadAndTellsItToNobody(String url) {
        Set<String> messages = messages(assertThrows(ConfigValidationException.class, () -> connect(url)));
        assertEquals(
                Set.of("quarkus.datasource.jdbc.url (QUARKUS_DATASOURCE_JDBC_URL):"
                        + " is not of the form jdbc:postgresql://host:port/database"),
                messages);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://localhost/db",
                "jdbc:postgresql://one:5432,[::1]:5433/db?targetServerType=primary&sslmode=verify-full"
            })
    void acceptsAUrlOfPostgresql(String url) {
        assertDoesNotThrow(() -> connect(url));
    }

    private static void connect(String url) {
        config(
                DataSourcesJdbcRuntimeConfig.class,
                new PropertiesConfigSource(Map.of("quarkus.datasource.jdbc.url", url), "test", 100));
    }

    private static void assertRefused(String property, Map<String, String> settings) {
        Set<String> messages = messages(refusal(settings));
        assertEquals(1, messages.size(), messages::toString);
        String message = messages.iterator().next();
        assertTrue(message.startsWith(property + " "), message);
        assertTrue(!message.contains("letters"), "A secret is told: " + message);
    }

    private static Set<String> messages(ConfigValidationException refusal) {
        return IntStream.range(0, refusal.getProblemCount())
                .mapToObj(problem -> refusal.getProblem(problem).getMessage())
                .collect(Collectors.toSet());
    }

    private static ConfigValidationException refusal(Map<String, String> settings) {
        return assertThrows(ConfigValidationException.class, () -> read(settings));
    }

    /** The settings of a start that has these, and the defaults. */
    public static ServiceConfig read(Map<String, String> settings) {
        return read(settings, new String[0]);
    }

    private static ServiceConfig read(Map<String, String> settings, String... variables) {
        return config(new PropertiesConfigSource(settings, "test", 100), variables)
                .getConfigMapping(ServiceConfig.class);
    }

    /** The configuration from one source, in an environment that has these variables. */
    static SmallRyeConfig config(ConfigSource source, String... variables) {
        return config(ServiceConfig.class, source, variables);
    }

    private static SmallRyeConfig config(Class<?> mapping, ConfigSource source, String... variables) {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withMapping(mapping)
                .withConverter(Duration.class, 200, new DurationConverter())
                .withConverter(Path.class, 200, new PathConverter())
                .withConverter(CidrAddress.class, 200, text -> null)
                .withSources(source);
        Map<String, String> environment = Stream.of(variables)
                .map(variable -> variable.split("=", 2))
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts.length == 1 ? "" : parts[1]));
        new ConfigValidation(() -> environment).configBuilder(builder);
        return builder.build();
    }
}
