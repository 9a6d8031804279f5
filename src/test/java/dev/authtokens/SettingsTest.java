package dev.authtokens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documents tell of settings is what the service does. */
class SettingsTest {

    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    /** What the documents call the default of a setting that is optional. */
    private static final List<String> NOT_SET = List.of("none", "never", "that of the data source");

    @Test
    void everySettingIsInTheDocument() throws IOException {
        assertEquals(new TreeMap<>(defaults()), new TreeMap<>(documented(Path.of("docs/settings.md"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/settings.md"})
    void theDefaultsAreTheRealOnes(String document) throws IOException {
        Map<String, Optional<String>> documented = documented(Path.of(document));
        assertTrue(documented.size() > 5, "There is no table of settings");
        Map<String, Optional<String>> real = defaults();
        documented.forEach((variable, value) -> assertEquals(real.get(variable), value, variable));
    }

    /** The service's own settings as a document has them: variables in the first column, defaults in the second. */
    private static Map<String, Optional<String>> documented(Path document) throws IOException {
        Map<String, Optional<String>> documented = new LinkedHashMap<>();
        for (String line : Files.readAllLines(document)) {
            if (line.startsWith("| `AUTH_TOKENS_")) {
                String[] columns = line.split(" \\| ");
                List<String> variables = quoted(columns[0]);
                List<String> values = quoted(columns[1]);
                assertTrue(values.size() == variables.size() || NOT_SET.contains(columns[1]), line);
                for (int i = 0; i < variables.size(); i++) {
                    documented.put(variables.get(i), values.isEmpty() ? Optional.empty() : Optional.of(values.get(i)));
                }
            }
        }
        return documented;
    }

    private static List<String> quoted(String column) {
        return QUOTED.matcher(column)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    /** The environment variables of all settings. */
    static List<String> variables() {
        return List.copyOf(defaults().keySet());
    }

    private static Map<String, Optional<String>> defaults() {
        Map<String, Optional<String>> defaults = new LinkedHashMap<>();
        settings("AUTH_TOKENS", ServiceConfig.class)
                .forEach(setting -> defaults.put(setting.getKey(), setting.getValue()));
        return defaults;
    }

    private static Stream<Map.Entry<String, Optional<String>>> settings(String prefix, Class<?> group) {
        return Arrays.stream(group.getDeclaredMethods())
                .filter(method -> !method.isSynthetic())
                .flatMap(method -> settings(prefix, method));
    }

    private static Stream<Map.Entry<String, Optional<String>>> settings(String prefix, Method method) {
        String name =
                prefix + "_" + method.getName().replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
        if (method.getReturnType().getEnclosingClass() == ServiceConfig.class) {
            return settings(name, method.getReturnType());
        }
        return Stream.of(Map.entry(
                name,
                Optional.ofNullable(method.getAnnotation(WithDefault.class)).map(WithDefault::value)));
    }
}
