package dev.authtokens;

import dev.authtokens.cli.CommandRunner;
import dev.authtokens.cli.Invocation;
import dev.authtokens.http.SlowRequestGuard;
import dev.authtokens.http.UnreadableRequests;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.TimeZone;
import java.util.logging.Level;
import org.jboss.logging.Logger;

/** Runs the service, or one command. A start that fails for a reason that an operator can fix prints it in one line. */
@QuarkusMain
public class Main {

    /** Its messages at INFO would be printed before the reason of a failed start. */
    private static final java.util.logging.Logger HIBERNATE = java.util.logging.Logger.getLogger("org.hibernate");

    /** It quotes a URL that it cannot read, which may hold a password. */
    private static final java.util.logging.Logger POSTGRESQL = java.util.logging.Logger.getLogger("org.postgresql");

    public static void main(String... args) {
        HIBERNATE.setLevel(Level.WARNING);
        POSTGRESQL.setLevel(Level.SEVERE);
        // The driver sends the name of the time zone to PostgreSQL, which does not know all of Java's.
        TimeZone.setDefault(TimeZone.getTimeZone(ZoneOffset.UTC));
        // Some languages have digits of their own, which would get into SQL.
        Locale.setDefault(Locale.ROOT);
        if (args.length == 0) {
            // The start of every pod: saves the time to load the command line.
            serve();
            return;
        }
        Invocation invocation = Invocation.read(args);
        if (invocation.exitCode().isPresent()) {
            System.exit(invocation.exitCode().getAsInt());
        } else if (invocation.serves()) {
            serve();
        } else {
            CommandRunner.start(invocation, args);
        }
    }

    private static void serve() {
        System.setProperty(SlowRequestGuard.SWITCH, "serviceload");
        System.setProperty(UnreadableRequests.OWN_URI_CHECK, "true");
        Quarkus.run(null, Main::exit);
    }

    private static void exit(int code, Throwable failure) {
        if (failure != null) {
            Optional<String> line = StartFailure.describe(failure);
            if (line.isPresent()) {
                System.err.println("auth-tokens cannot start: " + line.get());
            } else {
                Logger.getLogger(Main.class).error("auth-tokens cannot start", failure);
            }
        }
        System.exit(code);
    }
}
