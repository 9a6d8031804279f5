package dev.authtokens;

import dev.authtokens.problem.DatabaseFailure;
import io.quarkus.arc.InactiveBeanException;
import io.quarkus.runtime.QuarkusBindException;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.net.BindException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A reason not to start that an operator can fix. Its message is one line and names the property. */
public class StartFailure extends RuntimeException {

    /** How SmallRye Config's errors begin. */
    private static final String CONFIG_ERROR = "SRCFG";

    private static final String SET_PORTS =
            "set quarkus.http.port (QUARKUS_HTTP_PORT) or quarkus.management.port (QUARKUS_MANAGEMENT_PORT)";

    private static final String URL = "quarkus.datasource.jdbc.url";
    private static final String USERNAME = "quarkus.datasource.username";

    /** Part of what Quarkus says when no database is configured. */
    private static final String NO_URL = "because its URL is not set";

    public StartFailure(String property, String reason) {
        super(property + " (" + environmentName(property) + "): " + oneLine(reason));
    }

    private StartFailure(String line) {
        super(line);
    }

    public static StartFailure ofUrl(String reason) {
        return new StartFailure(URL, reason);
    }

    /** No setting is wrong: SIGTERM arrived before the schema was migrated. */
    public static StartFailure stopped() {
        return new StartFailure("the process was stopped before it migrated the schema");
    }

    /** The line alone, as SmallRye Config quotes it. */
    @Override
    public String toString() {
        return getMessage();
    }

    /** The reason that an operator can fix, if the failure came from the database; else the failure itself. */
    public static RuntimeException ofDatabase(RuntimeException failure) {
        return DatabaseFailure.of(failure)
                .map(found -> reasonOf(found, failure))
                .orElse(failure);
    }

    private static RuntimeException reasonOf(DatabaseFailure found, RuntimeException failure) {
        String line = found.firstLine();
        if (found.refusesUser()) {
            return new StartFailure(USERNAME, "the database refuses this user or the password: " + line);
        }
        if (found.lacksPrivilege()) {
            return new StartFailure(USERNAME, "this user lacks a privilege: " + line);
        }
        if (found.isReadOnly()) {
            return ofUrl("no server accepts writes: use the address of the primary. " + line);
        }
        if (found.refusesParameter()) {
            return ofUrl("a parameter of the connection is wrong: " + line);
        }
        return found.isBug() ? failure : ofUrl("the database is not available: " + line);
    }

    /** The line for the operator, if the failure is of a known kind. */
    public static Optional<String> describe(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .flatMap(cause -> describeOne(cause).stream())
                .findFirst();
    }

    private static Optional<String> describeOne(Throwable cause) {
        if (cause instanceof StartFailure) {
            return Optional.of(cause.getMessage());
        }
        if (cause instanceof QuarkusBindException bind) {
            return Optional.of("port " + bind.getPort() + " is in use: " + SET_PORTS);
        }
        if (cause instanceof BindException) {
            return Optional.of("a port is in use: " + SET_PORTS);
        }
        if (cause instanceof ConfigValidationException validation) {
            return Optional.of(IntStream.range(0, validation.getProblemCount())
                    .mapToObj(problem -> oneLine(validation.getProblem(problem).getMessage()))
                    .collect(Collectors.joining("; ")));
        }
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof InactiveBeanException || message.contains(NO_URL)) {
            return Optional.of(
                    ofUrl("is not set: the service needs a PostgreSQL").getMessage());
        }
        boolean isOfConfig = cause instanceof ConfigurationException || message.contains(CONFIG_ERROR);
        return isOfConfig ? Optional.of(oneLine(message)) : Optional.empty();
    }

    /** MicroProfile Config, "Environment Variables Mapping Rules". */
    public static String environmentName(String property) {
        return property.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ").replaceFirst("^.*?" + CONFIG_ERROR + "\\d+: ", "");
    }
}
