package dev.authtokens.harness;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** A program that a test needs: where it is missing, the test is skipped on a developer's machine and fails in CI. */
public final class Tool {

    private Tool() {}

    public static void require(Path executable) {
        boolean exists = Files.isExecutable(executable);
        assertTrue(exists || !"true".equals(System.getenv("CI")), executable + " is not installed");
        assumeTrue(exists, executable + " is not installed");
    }
}
