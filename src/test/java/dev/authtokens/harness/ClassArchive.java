package dev.authtokens.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The classes that the packaged jar loads, archived by class data sharing: a process starts in little more than half the CPU
 * time. Made once for a build, by a service that is used and stopped.
 */
final class ClassArchive {

    private static final Path APPLICATION = Path.of("target/quarkus-app");

    private static Path made;

    private ClassArchive() {}

    /** The option of the Java runtime that uses the archive. */
    static synchronized String option() {
        if (made == null) {
            Path file = Path.of("target", "classes-of-java-" + System.getProperty("java.version") + ".jsa")
                    .toAbsolutePath();
            if (!isCurrent(file)) {
                make(file);
            }
            made = file;
        }
        return "-XX:SharedArchiveFile=" + made;
    }

    private static boolean isCurrent(Path archive) {
        try (Stream<Path> files = Files.walk(APPLICATION)) {
            if (!Files.exists(archive)) {
                return false;
            }
            long time = Files.getLastModifiedTime(archive).toMillis();
            return files.allMatch(file -> file.toFile().lastModified() < time);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void make(Path archive) {
        String email = "admin@example.com";
        String password = "correct horse battery";
        Path unfinished = archive.resolveSibling(archive.getFileName() + ".new");
        try (ServiceProcess service = ServiceProcess.start(
                ServiceProcess.withAdministrator(SharedPostgres.newDatabase(), email, password),
                ServiceProcess.jvm(List.of("-XX:ArchiveClassesAtExit=" + unfinished)))) {
            String token = service.awaitReady().token(email, password);
            service.get(Api.USER, token);
            service.get(Api.TOKENS, token);
            service.manage("/q/health/ready");
            service.manage("/q/metrics");
            // The archive is written at the end, which takes a slow machine longer than a stop may take.
            service.terminate();
            service.exitCode();
            if (!Files.exists(unfinished)) {
                throw new AssertionError("No class archive:\n" + service.output() + service.errors());
            }
            Files.move(unfinished, archive, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
