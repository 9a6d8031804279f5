package dev.authtokens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SecretSettingsTest {

    /** Secrets of 16 characters and more with all that means something elsewhere. */
    private static final List<String> SECRETS = List.of(
            "s3cret${pepper-0123456789",
            "s3cret${pepper:default}-0123456789",
            "${auth-tokens.info.provider}",
            "two dollars $$ and \\$ and \\${x}",
            "\\back\\\\slash at the end\\",
            "Gr\u00fc\u00dfe, \u4f60\u597d \ud83d\udd11 and more",
            " blanks, tabs\t and # around ",
            "\n one line break of two stays \n");

    private static final List<String> VARIABLES = List.of(
            "AUTH_TOKENS_PASSWORD_PEPPER",
            "AUTH_TOKENS_BOOTSTRAP_PASSWORD",
            "QUARKUS_DATASOURCE_PASSWORD",
            "QUARKUS_TLS__API__KEY_STORE_P12_PASSWORD");

    @TempDir
    Path directory;

    static Stream<String> secrets() {
        return SECRETS.stream();
    }

    @ParameterizedTest
    @MethodSource("secrets")
    void areTakenAsTheyAreWritten(String secret) throws IOException {
        for (String variable : VARIABLES) {
            assertEquals(Optional.of(secret), value(Map.of(variable, secret + "\n"), variable), variable);
            assertEquals(Optional.of(secret), value(Map.of(variable, secret + "\r\n"), variable), variable);
            assertEquals(
                    Optional.of(secret), value(Map.of(variable + "_FILE", file(secret + "\n")), variable), variable);
        }
    }

    @ParameterizedTest
    @MethodSource("secrets")
    void soAreThoseInAList(String secret) throws IOException {
        String other = "another former pepper";
        String list = other + "," + secret.replace(",", "\\,");
        assertEquals(
                List.of(other, secret), previousPeppers(Map.of("AUTH_TOKENS_PASSWORD_PREVIOUS_PEPPERS", list + "\n")));
        assertEquals(
                List.of(other, secret),
                previousPeppers(Map.of("AUTH_TOKENS_PASSWORD_PREVIOUS_PEPPERS_FILE", file(list + "\n"))));
        assertEquals(
                List.of(secret), previousPeppers(Map.of("AUTH_TOKENS_PASSWORD_PREVIOUS_PEPPERS_0_", secret + "\n")));
    }

    @Test
    void otherSettingsMayReferToOthers() {
        SmallRyeConfig config = config(Map.of("AUTH_TOKENS_INFO_INSTALLATION_NAME", "${auth-tokens.info.provider}"));
        assertEquals("kvm", config.getConfigMapping(ServiceConfig.class).info().installationName());
    }

    @Test
    void anEmptyOneIsNotSet() throws IOException {
        assertEquals(Optional.empty(), value(Map.of("AUTH_TOKENS_PASSWORD_PEPPER", ""), "AUTH_TOKENS_PASSWORD_PEPPER"));
        assertEquals(
                Optional.of("correct horse battery"),
                value(
                        Map.of(
                                "AUTH_TOKENS_PASSWORD_PEPPER",
                                "",
                                "AUTH_TOKENS_PASSWORD_PEPPER_FILE",
                                file("correct horse battery")),
                        "AUTH_TOKENS_PASSWORD_PEPPER"));
    }

    @ParameterizedTest
    @CsvSource({
        "AUTH_TOKENS_PASSWORD_PEPPER, auth-tokens.password.pepper",
        "AUTH_TOKENS_PASSWORD_PREVIOUS_PEPPERS, auth-tokens.password.previous-peppers",
        "AUTH_TOKENS_BOOTSTRAP_PASSWORD, auth-tokens.bootstrap.password"
    })
    void whatCannotBeTakenIsRefusedByName(String variable, String property) throws IOException {
        String secret = "correct horse battery";
        assertRefused(property + " (", Map.of(variable, secret + "\ufffd"));
        assertRefused(property + " (", Map.of(variable, secret, variable + "_FILE", file(secret)));
        assertRefused(property + "-file (", Map.of(variable + "_FILE", secret));
        assertRefused(property + "-file (", Map.of(variable + "_FILE", secret + "\0"));
        assertRefused(property + "-file (", Map.of(variable + "_FILE", directory.toString()));
        assertRefused(property + "-file (", Map.of(variable + "_FILE", file("\n")));
        Path latin = directory.resolve("latin");
        Files.write(latin, (secret + "\u00fc").getBytes(StandardCharsets.ISO_8859_1));
        assertRefused(property + "-file (", Map.of(variable + "_FILE", latin.toString()));
    }

    @Test
    void aFileMayBeNamedByAPropertyToo() throws IOException {
        SmallRyeConfig config = ConfigValidationTest.config(new PropertiesConfigSource(
                Map.of("auth-tokens.password.pepper-file", file("correct horse battery\n")), "properties", 100));
        assertEquals(
                Optional.of("correct horse battery"),
                config.getConfigMapping(ServiceConfig.class).password().pepper());
    }

    private static void assertRefused(String beginning, Map<String, String> environment) {
        ConfigValidationException refusal = assertThrows(ConfigValidationException.class, () -> config(environment));
        assertEquals(1, refusal.getProblemCount(), refusal::getMessage);
        String message = refusal.getProblem(0).getMessage();
        assertTrue(message.startsWith(beginning), message);
        assertFalse(message.contains("horse"), message);
        assertEquals(Optional.of(message), StartFailure.describe(refusal));
    }

    private String file(String content) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "secret", ""), content)
                .toString();
    }

    private static Optional<String> value(Map<String, String> environment, String variable) {
        String property = variable.startsWith("QUARKUS_TLS")
                ? "quarkus.tls.\"api\".key-store.p12.password"
                : variable.toLowerCase().replace("auth_tokens", "auth-tokens").replace('_', '.');
        return config(environment).getOptionalValue(property, String.class);
    }

    private static List<String> previousPeppers(Map<String, String> environment) {
        return config(environment)
                .getConfigMapping(ServiceConfig.class)
                .password()
                .previousPeppers()
                .orElseThrow();
    }

    private static SmallRyeConfig config(Map<String, String> environment) {
        return ConfigValidationTest.config(
                new EnvConfigSource(environment, 300), environment.keySet().toArray(String[]::new));
    }
}
