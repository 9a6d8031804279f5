package dev.authtokens.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** Files and folders that are deleted when this process ends. */
public final class Temporary {

    private static final Queue<Path> CREATED = new ConcurrentLinkedQueue<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> CREATED.forEach(Temporary::delete)));
    }

    private Temporary() {}

    public static Path file(String prefix, String suffix) throws IOException {
        return kept(Files.createTempFile(prefix, suffix));
    }

    public static Path folder(String prefix) throws IOException {
        return kept(Files.createTempDirectory(prefix));
    }

    private static Path kept(Path created) {
        CREATED.add(created);
        return created;
    }

    /** As far as possible: a program that is still ending may write into its folder. */
    private static void delete(Path created) {
        try (Stream<Path> files = Files.walk(created)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            // It stays.
        }
    }
}
