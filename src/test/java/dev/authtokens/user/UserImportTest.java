package dev.authtokens.user;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.access.Role;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import dev.authtokens.user.UserImport.Row;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class UserImportTest {

    private static final int ACCOUNTS = 500;

    private final String domain = "@" + UUID.randomUUID() + ".example.com";

    @Inject
    UserImport userImport;

    @Test
    void theFirstOfTwoRowsOfAnAccountCounts() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < ACCOUNTS; i++) {
            rows.add(row("User" + i, "first", Role.USER));
        }
        for (int i = 0; i < ACCOUNTS; i++) {
            rows.add(row("user" + i, "second", Role.USER));
        }
        assertEquals(ACCOUNTS, userImport.insert(rows));
        assertEquals(List.of("first"), query("select distinct password_hash from users where email like ?"));
    }

    @Test
    void theAuditTrailShowsWhoBecameAdministrator() {
        userImport.insert(List.of(row("ops", "hash", Role.ADMIN)));
        assertEquals(List.of("imported, role: admin"), query("select detail from audit_events where account like ?"));
    }

    private Row row(String name, String hash, Role role) {
        return new Row(EmailAddress.parse(name + domain).orElseThrow(), hash, role, Expiry.NEVER);
    }

    private List<Object> query(String sql) {
        return Postgres.query(ServiceDatabase.url(), sql, "%" + domain);
    }
}
