package dev.authtokens;

import dev.authtokens.cli.CommandProcess;
import dev.authtokens.cli.Invocation;
import dev.authtokens.http.SlowRequests;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.Optional;
import java.util.logging.Level;
import org.jboss.logging.Logger;

/** Runs the service, or one command; a start that fails for a reason that the operator can mend says so in one line. */
@QuarkusMain
public class Main {

    /** What Hibernate says about itself would stand before the reason of a failed start. */
    private static final java.util.logging.Logger HIBERNATE = java.util.logging.Logger.getLogger("org.hibernate");

    public static void main(String... args) {
        HIBERNATE.setLevel(Level.WARNING);
        if (args.length == 0) {
            // What happens at every start of a pod: not even the arguments are read.
            serve();
            return;
        }
        Invocation invocation = Invocation.read(args);
        if (invocation.exitCode().isPresent()) {
            System.exit(invocation.exitCode().getAsInt());
        } else if (invocation.serves()) {
            serve();
        } else {
            CommandProcess.run(invocation, args);
        }
    }

    private static void serve() {
        System.setProperty(SlowRequests.SWITCH, "serviceload");
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
