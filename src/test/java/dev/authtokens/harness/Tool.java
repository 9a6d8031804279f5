package dev.authtokens.harness;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** A program that a test needs: where it is missing, the test is skipped on a developer's machine and fails in CI. */
public final class Tool {

    private Tool() {}

    /** The executable of the first of these names that is installed. */
    public static Path require(String... names) {
        return Stream.of(names).flatMap(name -> find(name).stream()).findFirst().orElseGet(() -> missing(names[0]));
    }

    /** A part that is no program: this file belongs to it. */
    public static void requireFile(String name, Path file) {
        if (!Files.exists(file)) {
            missing(name);
        }
    }

    private static Path missing(String name) {
        String reason = name + " is not installed";
        return "true".equals(System.getenv("CI")) ? fail(reason) : abort(reason);
    }

    /** Debian has servers in folders that are not on the path of every user. */
    private static Optional<Path> find(String name) {
        return Stream.concat(
                        Stream.of(System.getenv("PATH").split(File.pathSeparator)), Stream.of("/usr/sbin", "/usr/bin"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
