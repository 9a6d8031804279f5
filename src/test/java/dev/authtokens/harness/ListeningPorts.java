package dev.authtokens.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The TCP ports that a process listens on, on any address, as Linux shows them in proc(5). */
public final class ListeningPorts {

    private static final String LISTEN = "0A";

    private ListeningPorts() {}

    public static Set<Integer> of(ServiceProcess process) {
        Set<String> own = sockets(process.id());
        return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .map(Path::of)
                .filter(Files::exists)
                .flatMap(ListeningPorts::lines)
                .map(line -> line.strip().split("\\s+"))
                .filter(columns -> columns[3].equals(LISTEN) && own.contains(columns[9]))
                .map(columns -> Integer.valueOf(columns[1].substring(columns[1].indexOf(':') + 1), 16))
                .collect(Collectors.toSet());
    }

    private static Stream<String> lines(Path table) {
        try {
            return Files.readAllLines(table).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The inodes of the sockets that the process has open. */
    private static Set<String> sockets(long process) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", String.valueOf(process), "fd"))) {
            return descriptors
                    .map(ListeningPorts::target)
                    .filter(target -> target.startsWith("socket:["))
                    .map(target -> target.replaceAll("\\D", ""))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            // Closed meanwhile.
            return "";
        }
    }
}
