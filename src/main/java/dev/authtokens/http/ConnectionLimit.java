package dev.authtokens.http;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.authtokens.StartFailure;
import jakarta.inject.Singleton;
import java.lang.management.ManagementFactory;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Keeps clients from using up the files that the process may open. A thread that loads a class while no file is free may wait
 * for ever, with all that load from the same jar after it
 * (<a href="https://github.com/quarkusio/quarkus/issues/48750">quarkus#48750</a>). Quarkus limits the connections of port 8000
 * only: {@code quarkus.management.limits.max-connections} has no effect.
 */
@Singleton
public class ConnectionLimit {

    /** Files for everything but the connections of clients: jars, database, health and metrics, event loops. */
    static final int OWN_FILES = 250;

    private static final String MAX_CONNECTIONS = "quarkus.http.limits.max-connections";

    private final int maxConnections;

    ConnectionLimit(@ConfigProperty(name = MAX_CONNECTIONS) int maxConnections) {
        this.maxConnections = maxConnections;
    }

    /** @throws StartFailure if the process may open fewer files than it needs for all connections */
    public void check() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            long files = system.getMaxFileDescriptorCount();
            if (files < maxConnections + OWN_FILES) {
                throw new StartFailure(
                        MAX_CONNECTIONS,
                        "%d connections and %d files of the process itself are more than the %d files that it may open. Raise"
                                        .formatted(maxConnections, OWN_FILES, files)
                                + " that limit (ulimit -n), or lower this setting");
            }
        }
    }
}
