package dev.authtokens.user;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.access.Role;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.audit.AuditLog;
import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Makes many accounts at once. An account that exists already is left as it is. */
@ApplicationScoped
public class UserImport {

    /** In one order, so that two imports never wait for each other in a circle. */
    private static final String INSERT = """
            insert into users (email, email_canonical, password_hash, role, expires_at, created_at)
            select email, canonical, hash, role, expires_at, ?
            from unnest(?, ?, ?, ?, ?) as account(email, canonical, hash, role, expires_at)
            order by canonical
            on conflict (email_canonical) do nothing
            returning email_canonical""";

    private static final String FIND = "select email_canonical from users where email_canonical = any(?)";

    private final AgroalDataSource dataSource;
    private final AuditLog audit;
    private final Clock clock;

    UserImport(AgroalDataSource dataSource, AuditLog audit, Clock clock) {
        this.dataSource = dataSource;
        this.audit = audit;
        this.clock = clock;
    }

    /** An account to make; its hash is one that {@link PasswordHasher#canVerify} accepts. */
    public record Row(EmailAddress email, String passwordHash, Role role, Optional<Instant> expiresAt) {}

    /** Which of these accounts exist, by their canonical addresses. */
    @Transactional
    public Set<String> findExisting(Collection<EmailAddress> emails) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(FIND)) {
            Object[] canonical = emails.stream().map(EmailAddress::canonical).toArray();
            statement.setArray(1, connection.createArrayOf("text", canonical));
            return addresses(statement);
        } catch (SQLException e) {
            throw new PersistenceException(e);
        }
    }

    /**
     * Makes those of the accounts that do not exist yet, all in one statement and one transaction.
     *
     * @return how many were made
     */
    @Transactional
    public int insert(List<Row> rows) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setObject(
                    1, Instant.now(clock).truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
            setColumn(statement, 2, rows, "text", row -> row.email().written());
            setColumn(statement, 3, rows, "text", row -> row.email().canonical());
            setColumn(statement, 4, rows, "text", Row::passwordHash);
            setColumn(statement, 5, rows, "text", row -> row.role().name());
            setColumn(
                    statement,
                    6,
                    rows,
                    "timestamptz",
                    row -> row.expiresAt().map(Instant::toString).orElse(null));
            Set<String> made = addresses(statement);
            made.forEach(email -> audit.record(AuditKind.USER_CREATED, email, null, "imported"));
            return made.size();
        } catch (SQLException e) {
            throw new PersistenceException(e);
        }
    }

    private static void setColumn(
            PreparedStatement statement, int index, List<Row> rows, String type, Function<Row, String> value)
            throws SQLException {
        statement.setArray(
                index,
                statement
                        .getConnection()
                        .createArrayOf(type, rows.stream().map(value).toArray()));
    }

    private static Set<String> addresses(PreparedStatement statement) throws SQLException {
        Set<String> addresses = new HashSet<>();
        try (ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                addresses.add(result.getString(1));
            }
        }
        return addresses;
    }
}
