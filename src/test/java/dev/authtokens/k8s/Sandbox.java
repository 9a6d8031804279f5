package dev.authtokens.k8s;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.authtokens.harness.Temporary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The rights of a container without a container engine: its user and group, no capability, no way to get one, nothing
 * to write to but {@code /tmp} of its size, and no more memory than its limit, which the kernel enforces where it lets us.
 */
final class Sandbox {

    /** Its own view of the files; where it can write elsewhere, it says so and does not start. */
    private static final String SCRIPT = """
            set -e
            # Control groups of version 1, or of version 2.
            for root in /sys/fs/cgroup/memory /sys/fs/cgroup; do
              group=$root/auth-tokens-$$
              mkdir "$group" 2>/dev/null || continue
              for limit in "$group/memory.limit_in_bytes" "$group/memory.max"; do
                if [ -e "$limit" ] && echo "$5" >"$limit" && echo $$ >"$group/cgroup.procs"; then
                  break 2
                fi
              done
              rmdir "$group"
            done
            cd /
            mount --bind "$1" /mnt
            mount -t tmpfs -o mode=1777,size="$2" tmpfs /tmp
            mount -o remount,bind,ro /mnt
            mount -o remount,bind,ro /
            cd /mnt
            user=$3 group=$4
            shift 5
            exec setpriv --reuid "$user" --regid "$group" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \
              sh -c 'if touch /var/tmp/t 2>/dev/null || ! touch /tmp/t; then echo "the sandbox leaks" >&2; exit 98; fi; exec "$@"' sh "$@"
            """;

    private final Path script;

    Sandbox() throws IOException {
        require(
                System.getProperty("os.name").equals("Linux") && Files.isWritable(Path.of("/root")),
                "Only root on Linux can run the service as a container does: not proven here");
        require(
                succeeds("unshare", "--mount", "--propagation", "private", "setpriv", "--version"),
                "unshare does not work here: the rights of a container are not proven");
        script = Files.writeString(Temporary.file("sandbox", ".sh"), SCRIPT);
    }

    /** Where it is missing, the test is skipped on a developer's machine and fails in CI. */
    private static void require(boolean present, String missing) {
        if ("true".equals(System.getenv("CI"))) {
            assertTrue(present, missing);
        } else {
            assumeTrue(present, missing);
        }
    }

    private static boolean succeeds(String... command) throws IOException {
        try {
            return new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The command that runs the packaged service with the rights and limits of this pod's only container. */
    List<String> wrap(List<String> command, JsonNode pod) {
        JsonNode container = pod.at("/containers/0");
        Path program = Path.of(command.get(command.size() - 1)).toAbsolutePath();
        List<String> wrapped = new ArrayList<>(List.of(
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                script.toString(),
                program.getParent().toString(),
                size(pod.at("/volumes/0/emptyDir/sizeLimit").asText()),
                pod.at("/securityContext/runAsUser").asText(),
                pod.at("/securityContext/runAsGroup").asText(),
                String.valueOf(memory(container.at("/resources/limits/memory")))));
        // The class archive is one of the jar at its own path.
        command.subList(0, command.size() - 1).stream()
                .filter(argument -> !argument.startsWith("-XX:SharedArchiveFile="))
                .forEach(wrapped::add);
        if (command.size() > 1) {
            // As in the image of the jar, and what Java reads of the limits of a real container.
            wrapped.add(wrapped.size() - 1, "-XX:MaxRAMPercentage=60");
            wrapped.add(wrapped.size() - 1, "-XX:MaxRAM=" + memory(container.at("/resources/limits/memory")));
            wrapped.add(
                    wrapped.size() - 1,
                    "-XX:ActiveProcessorCount="
                            + container.at("/resources/limits/cpu").asText());
        }
        wrapped.add(Path.of("/mnt").resolve(program.getFileName()).toString());
        return wrapped;
    }

    /** Removes what limited the memory of a process that has ended. */
    static void leave(long process) throws IOException {
        for (String root : List.of("/sys/fs/cgroup/memory", "/sys/fs/cgroup")) {
            Files.deleteIfExists(Path.of(root, "auth-tokens-" + process));
        }
    }

    /** Bytes. */
    static long memory(JsonNode limit) {
        return Long.parseLong(limit.asText().replace("Mi", "")) * 1024 * 1024;
    }

    private static String size(String limit) {
        return limit.replace("Mi", "m");
    }
}
