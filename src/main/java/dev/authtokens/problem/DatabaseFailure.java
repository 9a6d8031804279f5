package dev.authtokens.problem;

import java.io.IOException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A failure of the database and what its SQL state means: a statement that is wrong itself is a bug of the service; whatever
 * else the database refuses, it may do later, or once an operator has put it right.
 */
public record DatabaseFailure(SQLException exception) {

    /** SQL state "read only SQL transaction". */
    public static final String READ_ONLY = "25006";

    /** Classes of SQL states: data exception, violated constraint, syntax error or access rule violation. */
    private static final Set<String> BUGS = Set.of("22", "23", "42");

    /** Connection exception, and a server that is shut down, has crashed or starts. */
    private static final Set<String> UNREACHABLE = Set.of("08", "57P01", "57P02", "57P03");

    /** Members of these that are no bugs: a missing privilege, and a missing table, as during a restore. */
    private static final Set<String> MISSING = Set.of("42501", "42P01");

    /** Among the causes of a failure and their suppressed exceptions, where the transaction manager keeps that of a commit. */
    public static Optional<DatabaseFailure> of(Throwable failure) {
        return find(failure, new HashSet<>()).map(DatabaseFailure::new);
    }

    private static Optional<SQLException> find(Throwable failure, Set<Throwable> seen) {
        if (failure instanceof SQLException exception) {
            return Optional.of(exception);
        }
        if (failure == null || !seen.add(failure)) {
            return Optional.empty();
        }
        return find(failure.getCause(), seen)
                .or(() -> Stream.of(failure.getSuppressed())
                        .flatMap(suppressed -> find(suppressed, seen).stream())
                        .findFirst());
    }

    /** Whether no primary answered: no connection, or none in time, no answer in time, a server that stops or starts, a standby. */
    public static boolean isUnreachable(Throwable failure) {
        return of(failure)
                .filter(found -> found.comesFromPool()
                        || found.isReadOnly()
                        || UNREACHABLE.stream().anyMatch(found.state()::startsWith))
                .isPresent();
    }

    public boolean isBug() {
        return BUGS.stream().anyMatch(state()::startsWith) && !MISSING.contains(state());
    }

    public boolean refusesUser() {
        return state().startsWith("28");
    }

    public boolean lacksPrivilege() {
        return state().equals("42501");
    }

    public boolean lacksTable() {
        return state().equals("42P01");
    }

    /** Whether a function does not exist, is not supported, or may not be called. */
    public boolean refusesFunction() {
        return Set.of("42501", "42883", "0A000").contains(state());
    }

    /** Whether something of the same name exists already: a table, a function, or another object. */
    public boolean isDuplicate() {
        return Set.of("42P07", "42723", "42710").contains(state());
    }

    /** Whether a parameter of the connection is wrong. */
    public boolean refusesParameter() {
        return state().equals("22023");
    }

    /** Whether every change is refused, or the driver found no server that takes them: they are standbys, or read-only. */
    public boolean isReadOnly() {
        return state().equals(READ_ONLY) || firstLine().contains("targetServerType");
    }

    /** Whether the pool reports it and not the database: no connection became free in time, or it interrupted the driver. */
    public boolean comesFromPool() {
        return state().isEmpty() || state().equals("99999");
    }

    /**
     * What the database or the driver said, in one line, without the value of a parameter; and why there is no connection, without
     * the name of an unknown host. Both may be a password.
     */
    public String firstLine() {
        String line = String.valueOf(exception.getMessage())
                .replaceFirst("(?<=\\b(value|was): ).*", "...")
                .lines()
                .findFirst()
                .orElse("");
        Throwable reason = exception.getCause();
        if (reason instanceof UnknownHostException) {
            // Its message is what stands before the port in the URL, which may be a password.
            return line + " (unknown host)";
        }
        return reason instanceof IOException ? line + " (" + reason.getMessage() + ")" : line;
    }

    /** Empty when the pool reports the failure. */
    private String state() {
        return Optional.ofNullable(exception.getSQLState()).orElse("");
    }
}
