package dev.authtokens;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import org.jboss.logging.Logger;

/** Runs the service; a start that fails for a reason that the operator can mend says so in one line. */
@QuarkusMain
public class Main {

    public static void main(String... args) {
        Quarkus.run(null, Main::exit, args);
    }

    private static void exit(int code, Throwable failure) {
        if (failure != null) {
            StartFailure.describe(failure)
                    .ifPresentOrElse(
                            line -> System.err.println("auth-tokens cannot start: " + line),
                            () -> Logger.getLogger(Main.class).error("auth-tokens cannot start", failure));
        }
        System.exit(code);
    }
}
