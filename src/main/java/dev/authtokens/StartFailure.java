package dev.authtokens;

import io.quarkus.arc.InactiveBeanException;
import io.quarkus.runtime.QuarkusBindException;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.net.BindException;
import java.sql.SQLException;
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

    /** SQL state "insufficient privilege". An exception without a state comes from the pool: a timeout. */
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    /** Part of what Quarkus says when no database is configured. */
    private static final String NO_URL = "because its URL is not set";

    private static final String NO_STATE = "";

    /** SQL state "read only transaction", also of the check that the pool makes of new connections. */
    private static final String READ_ONLY = "25006";

    public StartFailure(String property, String reason) {
        super(property + " (" + environmentName(property) + "): " + reason);
    }

    /** The reason that an operator can fix, if the failure came from the database; else the failure itself. */
    public static RuntimeException ofDatabase(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException exception) {
                Optional<StartFailure> reason = ofState(exception);
                if (reason.isPresent()) {
                    return reason.get();
                }
            }
        }
        return failure;
    }

    private static Optional<StartFailure> ofState(SQLException exception) {
        String state = exception.getSQLState() == null ? NO_STATE : exception.getSQLState();
        if (state.startsWith("28")) {
            return Optional.of(new StartFailure(USERNAME, "the database refuses this user or the password"));
        }
        if (state.equals(INSUFFICIENT_PRIVILEGE)) {
            return Optional.of(new StartFailure(USERNAME, "this user lacks a privilege: " + firstLine(exception)));
        }
        if (state.equals(READ_ONLY)) {
            return Optional.of(new StartFailure(
                    URL, "the database server is a standby: name the primary, or add targetServerType=primary"));
        }
        if (state.startsWith("08") || state.startsWith("57") || state.equals("3D000") || state.equals(NO_STATE)) {
            return Optional.of(new StartFailure(URL, "the database cannot be reached: " + firstLine(exception)));
        }
        return Optional.empty();
    }

    private static String firstLine(SQLException exception) {
        return String.valueOf(exception.getMessage()).lines().findFirst().orElse("");
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
            return Optional.of(new StartFailure(URL, "is not set: the service needs a PostgreSQL").getMessage());
        }
        boolean isConversion = message.contains(CONFIG_ERROR);
        if (cause instanceof ConfigurationException || isConversion) {
            return Optional.of(oneLine(message));
        }
        return Optional.empty();
    }

    /** MicroProfile Config, "Environment Variables Mapping Rules". */
    private static String environmentName(String property) {
        return property.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ").replaceFirst("^.*?" + CONFIG_ERROR + "\\d+: ", "");
    }
}
