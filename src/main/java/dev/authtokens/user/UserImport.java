package dev.authtokens.user;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.access.Role;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.audit.AuditLog;
import dev.authtokens.database.Statements;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** Creates many accounts at once, by {@link Statements}: a thousand in one round trip. Existing accounts stay as they are. */
@ApplicationScoped
public class UserImport {

    /** Inserts in one order, so that two imports do not deadlock. Of two rows of one account the first is inserted. */
    private static final String INSERT = """
            insert into users (email, email_canonical, password_hash, role, expires_at, created_at)
            select email, canonical, hash, role, expires_at, clock_timestamp()
            from unnest(?, ?, ?, ?, cast(? as timestamptz[])) with ordinality
                as account(email, canonical, hash, role, expires_at, line)
            order by canonical, line
            on conflict (email_canonical) do nothing
            returning email_canonical, role""";

    private static final String FIND = "select email_canonical from users where email_canonical = any(?)";

    private final Statements statements;
    private final AuditLog audit;

    UserImport(Statements statements, AuditLog audit) {
        this.statements = statements;
        this.audit = audit;
    }

    /** An account to create; {@link dev.authtokens.password.PasswordHasher#refusal} has nothing against its hash. */
    public record Row(EmailAddress email, String passwordHash, Role role, Instant expiry) {}

    private record Created(String email, Role role) {}

    /** Which of these accounts exist, by their canonical addresses. */
    public Set<String> findExisting(Collection<EmailAddress> emails) {
        Object canonical = emails.stream().map(EmailAddress::canonical).toArray(String[]::new);
        return Set.copyOf(statements.list(FIND, row -> row.getString(1), canonical));
    }

    /** Creates those accounts that do not exist yet, and returns their number. */
    @Transactional
    public int insert(List<Row> rows) {
        List<Created> created = statements.list(
                INSERT,
                row -> new Created(row.getString(1), Role.valueOf(row.getString(2))),
                column(rows, row -> row.email().displayForm()),
                column(rows, row -> row.email().canonical()),
                column(rows, Row::passwordHash),
                column(rows, row -> row.role().name()),
                column(rows, row -> Objects.toString(Expiry.stored(row.expiry()), null)));
        created.forEach(account -> audit.record(
                AuditKind.USER_CREATED,
                account.email(),
                null,
                "imported, role: " + account.role().wireName()));
        return created.size();
    }

    private static String[] column(List<Row> rows, Function<Row, String> value) {
        return rows.stream().map(value).toArray(String[]::new);
    }
}
