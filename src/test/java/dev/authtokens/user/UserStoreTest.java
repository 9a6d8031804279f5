package dev.authtokens.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.authtokens.Postgres;
import dev.authtokens.ServiceDatabase;
import dev.authtokens.access.Role;
import dev.authtokens.user.UserStore.Deletion;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class UserStoreTest {

    @Inject
    UserStore users;

    @BeforeEach
    void removeAccounts() {
        Postgres.execute(ServiceDatabase.url(), "truncate users cascade");
    }

    @Test
    void keepsTheLastAdministrator() {
        EmailAddress last = address(Accounts.create(Role.ADMIN, null));
        EmailAddress user = address(Accounts.create());
        assertEquals(Deletion.LAST_ADMINISTRATOR, users.delete(last));
        assertEquals(Deletion.DELETED, users.delete(user));
        assertEquals(Deletion.NOT_FOUND, users.delete(user));
    }

    @Test
    void oneOfTwoAdministratorsStaysWhenBothAreDeletedAtOnce() {
        EmailAddress one = address(Accounts.create(Role.ADMIN, null));
        EmailAddress other = address(Accounts.create(Role.ADMIN, null));
        List<Deletion> deletions =
                Stream.of(one, other).parallel().map(users::delete).sorted().toList();
        assertEquals(List.of(Deletion.DELETED, Deletion.LAST_ADMINISTRATOR), deletions);
    }

    @Test
    void makesTheFirstAdministratorOnce() {
        EmailAddress email = address("first@example.com");
        assertEquals(
                List.of(false, true),
                Stream.of(1, 2)
                        .parallel()
                        .map(i -> users.createFirstAdministrator(email, "hash"))
                        .sorted()
                        .toList());
        assertFalse(users.isEmpty());
    }

    private static EmailAddress address(String email) {
        return EmailAddress.parse(email).orElseThrow();
    }
}
