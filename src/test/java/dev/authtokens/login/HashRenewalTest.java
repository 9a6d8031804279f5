package dev.authtokens.login;

import static dev.authtokens.harness.Api.isProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.AtOnce;
import dev.authtokens.harness.OtherSystems;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class HashRenewalTest {

    /** The published bcrypt hash of {@code abc}, of cost 6. */
    private static final String IMPORTED = "$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i";

    @ParameterizedTest
    @ValueSource(strings = {"$2a", "$2b", "$2y"})
    void anImportedHashIsRenewedByTheFirstLogin(String prefix) {
        String email = Accounts.createWithHash(prefix + IMPORTED, Role.USER, null);
        isProblem(Api.login(email, "abd"), 401, "INVALID_CREDENTIALS");
        assertEquals(prefix + IMPORTED, Accounts.hashOf(email));

        Api.login(email, "abc").then().statusCode(200);
        String renewed = Accounts.hashOf(email);
        assertTrue(renewed.matches("\\$hmac-sha256\\$[0-9a-f]{8}\\$2a\\$06\\$.{53}"), renewed);

        Api.login(email, "abc").then().statusCode(200);
        assertEquals(renewed, Accounts.hashOf(email));
        isProblem(Api.login(email, "abd"), 401, "INVALID_CREDENTIALS");
    }

    static final List<String> HASHES = OtherSystems.HASHES;

    @ParameterizedTest
    @FieldSource("HASHES")
    void anyImportedHashIsRenewedByTheFirstLogin(String hash) {
        String email = Accounts.createWithHash(hash, Role.USER, null);
        isProblem(Api.login(email, "wrong horse battery"), 401, "INVALID_CREDENTIALS");
        assertEquals(hash, Accounts.hashOf(email));
        Api.login(email, OtherSystems.PASSWORD).then().statusCode(200);
        String renewed = Accounts.hashOf(email);
        assertTrue(renewed.startsWith("$hmac-sha256$"), renewed);
        Api.login(email, OtherSystems.PASSWORD).then().statusCode(200);
        assertEquals(renewed, Accounts.hashOf(email));
    }

    @Test
    void loginsAtTheMomentOfARenewalSucceedAll() {
        String email = Accounts.createWithHash("$2b" + IMPORTED, Role.USER, null);
        List<Integer> statuses = AtOnce.times(6, () -> Api.login(email, "abc").statusCode());
        assertEquals(List.of(200, 200, 200, 200, 200, 200), statuses);
    }
}
