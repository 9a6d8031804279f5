package dev.authtokens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What is shipped holds nothing of the development mode and of its database, and comes with the list of its parts. */
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

    @Test
    @EnabledIf("isJar")
    void isListedInTheBillOfMaterials() throws Exception {
        JsonNode bill = new ObjectMapper()
                .readTree(Path.of("target/quarkus-run-cyclonedx.json").toFile());
        Map<String, String> listed = new HashMap<>();
        for (JsonNode component : bill.get("components")) {
            String digest = null;
            for (JsonNode hash : component.path("hashes")) {
                digest = "SHA-256".equals(hash.get("alg").asText())
                        ? hash.get("content").asText()
                        : digest;
            }
            listed.put(component.at("/evidence/occurrences/0/location").asText(), digest);
        }
        try (var files = Files.walk(APPLICATION.resolve("lib"))) {
            List<Path> libraries =
                    files.filter(file -> file.toString().endsWith(".jar")).toList();
            assertTrue(libraries.size() > 50, libraries.toString());
            for (Path library : libraries) {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(library));
                assertEquals(
                        HexFormat.of().formatHex(digest),
                        listed.get(APPLICATION.relativize(library).toString()),
                        library.toString());
            }
        }
    }
}
