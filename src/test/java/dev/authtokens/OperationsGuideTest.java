package dev.authtokens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whoever is called by an alert finds in the operations guide what to do. */
class OperationsGuideTest {

    @Test
    void everyAlertHasItsParagraph() throws IOException {
        Set<String> alerts = found("- alert: (\\w+)", Path.of("k8s/components/monitoring/prometheusrule.yaml"));
        assertFalse(alerts.isEmpty());
        assertEquals(alerts, found("\\n### (AuthTokens\\w+)\\n\\n[^#\\n]", Path.of("docs/operations.md")));
    }

    private static Set<String> found(String pattern, Path file) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(file))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
