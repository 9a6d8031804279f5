package dev.authtokens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What is shipped holds nothing of the development mode and of its database. */
class ProductionArtifactIT {

    private static final Path APPLICATION = Path.of("target/quarkus-app");

    static boolean isJar() {
        return Files.isDirectory(APPLICATION);
    }

    @Test
    @EnabledIf("isJar")
    void holdsNoEmbeddedDatabase() throws IOException {
        List<Path> jars;
        try (var files = Files.walk(APPLICATION)) {
            jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
        assertTrue(jars.size() > 50, jars.toString());
        for (Path jar : jars) {
            try (ZipFile zip = new ZipFile(jar.toFile())) {
                List<String> unwanted = zip.stream()
                        .filter(entry -> !entry.isDirectory())
                        .map(entry -> entry.getName())
                        .filter(name -> name.startsWith("dev/authtokens/dev/")
                                || name.contains("zonky")
                                || name.startsWith("org/tukaani/")
                                || name.startsWith("org/apache/commons/compress/")
                                || name.endsWith(".txz"))
                        .toList();
                assertEquals(List.of(), unwanted, jar.toString());
            }
        }
    }
}
