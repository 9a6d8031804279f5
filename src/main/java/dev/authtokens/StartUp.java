package dev.authtokens;

import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.sun.management.UnixOperatingSystemMXBean;
import dev.authtokens.database.DatabaseClock;
import dev.authtokens.database.Schedule;
import dev.authtokens.database.Schema;
import dev.authtokens.token.RevocationLog;
import dev.authtokens.user.FirstAdministrator;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import jakarta.persistence.PersistenceException;
import java.lang.management.ManagementFactory;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.api.FlywayException;
import org.jboss.logging.Logger;

/** Before the first request: checks the limit of connections, migrates, creates the first administrator, or fails. */
@Singleton
public class StartUp {

    private static final Logger LOG = Logger.getLogger(StartUp.class);
    private static final String MAX_CONNECTIONS = "quarkus.http.limits.max-connections";
    private static final String MIGRATE = "auth-tokens.migrate-at-start";
    private static final String PEPPER = "auth-tokens.password.pepper";
    private static final String LIFESPAN = "auth-tokens.token.lifespan";
    private static final String IDLE_TIMEOUT = "auth-tokens.token.idle-timeout";

    /** Files for everything but the connections of clients: jars, database, health and metrics, event loops. */
    private static final int OWN_FILES = 250;

    /** The first where a thread that waits for a connection to the database always stops waiting: JDK-8301341. */
    private static final Runtime.Version FIXED_SINCE = Runtime.Version.parse("21.0.2");

    private static volatile boolean skipped;

    private final ServiceConfig config;
    private final Schema schema;
    private final FirstAdministrator firstAdministrator;
    private final RevocationLog revocations;
    private final DatabaseClock clock;
    private final Schedule schedule;
    private final String version;
    private final int maxConnections;

    StartUp(
            ServiceConfig config,
            Schema schema,
            FirstAdministrator firstAdministrator,
            RevocationLog revocations,
            DatabaseClock clock,
            Schedule schedule,
            @ConfigProperty(name = "quarkus.application.version") String version,
            @ConfigProperty(name = MAX_CONNECTIONS) int maxConnections) {
        this.config = config;
        this.schema = schema;
        this.firstAdministrator = firstAdministrator;
        this.revocations = revocations;
        this.clock = clock;
        this.schedule = schedule;
        this.version = version;
        this.maxConnections = maxConnections;
    }

    /** For a process that serves no requests: it leaves schema and accounts as they are. */
    public static void skip() {
        skipped = true;
    }

    void run(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 1) StartupEvent start) {
        // Before the first transaction, also that of a command.
        giveTransactionsTheProcessId();
        if (skipped) {
            return;
        }
        checkFiles();
        firstAdministrator.requireValidSettings();
        try {
            prepareSchema();
            firstAdministrator.createIfNoAccount();
            clock.read();
            revocations.start().thenAccept(this::announce);
            schedule.start();
        } catch (FlywayException | PersistenceException e) {
            throw StartFailure.ofDatabase(e);
        }
    }

    /**
     * By default the transaction manager opens a port to get a unique id. Containers may share a process id, which does no harm: no
     * transaction spans two resources or is recovered.
     */
    private static void giveTransactionsTheProcessId() {
        int process = (int) ProcessHandle.current().pid();
        arjPropertyManager.getCoreEnvironmentBean().setProcessImplementation(() -> process);
    }

    /**
     * A thread that loads a class while no file is free may wait for ever (quarkusio/quarkus#48750). Quarkus limits the connections
     * of port 8000 only: {@code quarkus.management.limits.max-connections} has no effect.
     */
    private void checkFiles() {
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

    /** After the first reading of the revocation log, which a start does not wait for. */
    private void announce(String distrustReason) {
        String from = "the cache";
        if (!config.cache().enabled()) {
            from = "the database, since the cache is disabled";
        } else if (!distrustReason.isEmpty()) {
            from = "the database until the revocation log can be read: " + distrustReason;
        }
        LOG.infof(
                "auth-tokens %s: database %s, version %s of the schema. Token checks are answered from %s",
                version, schema.address(), schema.version(), from);
        if (LaunchMode.current() != LaunchMode.DEVELOPMENT) {
            warnOfWeakSettings();
            warnOfRuntime();
        }
    }

    private void warnOfWeakSettings() {
        if (config.password().pepper().isEmpty()) {
            LOG.warnf(
                    "%s (%s) is not set: who gets a copy of the database can guess passwords with it alone. Set it to a"
                            + " secret that is kept elsewhere",
                    PEPPER, StartFailure.environmentName(PEPPER));
        }
        if (config.token().lifespan().isEmpty() && config.token().idleTimeout().isEmpty()) {
            LOG.warnf(
                    "Tokens never expire: a stolen one is valid until it is revoked. Set %s (%s) or %s (%s)",
                    IDLE_TIMEOUT,
                    StartFailure.environmentName(IDLE_TIMEOUT),
                    LIFESPAN,
                    StartFailure.environmentName(LIFESPAN));
        }
    }

    private static void warnOfRuntime() {
        if (Runtime.version().compareTo(FIXED_SINCE) < 0) {
            LOG.warnf(
                    "Java %s has the fault JDK-8301341: while the database does not answer, a request may occupy a core and"
                            + " get no response. Use Java %s or newer",
                    Runtime.version(), FIXED_SINCE);
        }
    }

    private void prepareSchema() {
        if (schema.isCurrent()) {
            return;
        }
        if (!config.migrateAtStart()) {
            throw new StartFailure(MIGRATE, "is false, but the schema of the database is older than this version");
        }
        schema.migrate();
    }
}
