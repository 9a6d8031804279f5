package dev.authtokens.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.authtokens.access.Role;
import dev.authtokens.harness.Accounts;
import dev.authtokens.http.JsonRules;
import dev.authtokens.password.PasswordHasher;
import dev.authtokens.user.Expiry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImportLineTest {

    private static final String BCRYPT = "10$abcdefghijklmnopqrstuuCj3Wb1gJ3g0Nf1z0s0d0g0h0j0k0l0z";
    private static final PasswordHasher HASHER = Accounts.hasher();
    private static final ObjectMapper MAPPER = new ObjectMapper();

    static {
        new JsonRules().customize(MAPPER);
    }

    @Test
    void readsEveryField() throws Exception {
        ImportLine line = read("{'email':' Andy@Example.com ','password_base64':'Y29ycmVjdA','role':'admin',"
                + "'expiry':'2030-01-01T12:00:00+02:00'}");
        assertEquals("andy@example.com", line.email().canonical());
        assertArrayEquals("correct".getBytes(StandardCharsets.UTF_8), line.password());
        assertNull(line.passwordHash());
        assertEquals(Role.ADMIN, line.role());
        assertEquals(Instant.parse("2030-01-01T10:00:00Z"), line.expiry());
    }

    @ParameterizedTest
    @ValueSource(strings = {"$2a$", "$2b$", "$2y$"})
    void takesHashesOfOtherSystems(String scheme) throws Exception {
        ImportLine line = read("{'email':'a@example.com','password_hash':'" + scheme + BCRYPT + "'}");
        assertEquals(scheme + BCRYPT, line.passwordHash());
        assertEquals(Role.USER, line.role());
        assertEquals(Expiry.NEVER, line.expiry());
    }

    @Test
    void takesHashesOfThisService() throws Exception {
        String hash = HASHER.hash(new byte[12]);
        assertEquals(
                hash,
                read("{'email':'a@example.com','password_hash':'" + hash + "'}").passwordHash());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'email':'nobody','password_base64':'c2VjcmV0'}                                   | e-mail",
                "{'password_base64':'c2VjcmV0'}                                                    | e-mail",
                "{'email':'a@example.com'}                                                         | either",
                "{'email':'a@example.com','password_hash':'secret','password_base64':'c2VjcmV0'}   | either",
                "{'email':'a@example.com','password_hash':'secret'}                                | bcrypt",
                "{'email':'a@example.com','password_hash':'$2x$10$abcdefghijklmnopqrstuuCj3Wb1g'}  | bcrypt",
                "{'email':'a@example.com','password_base64':'c2Vjc*V0'}                            | Base64",
                "{'email':'a@example.com','password_base64':'c2VjcmV0','role':'king'}              | role",
                "{'email':'a@example.com','password_base64':'c2VjcmV0','role':'ADMIN'}             | role",
                "{'email':'a@example.com','password_base64':'c2VjcmV0','expiry':'secret'}          | expiry",
                "{'email':'a@example.com','password':'secret'}                                     | field password",
                "{'email':'a@example.com','email':'b@example.com','password_base64':'c2VjcmV0'}    | twice",
                "{'email':'a@example.com','password_base64':'c2VjcmV0'} secret                     | no JSON",
                "{'email':'a@example.com','password_base64':'c2VjcmV0'                             | no JSON",
                "{'email':'a@example.com','password_base64':1}                                     | not a text",
                "{'email':'a@example.com','password_base64':{'secret':1}}                          | not a text",
                "['secret']                                                                        | not a text",
                "null                                                                              | no JSON",
                "secret                                                                            | no JSON"
            })
    void tellsWhatIsWrongWithoutShowingSecrets(String json, String reason) {
        String message =
                assertThrows(ImportLine.InvalidLine.class, () -> read(json)).getMessage();
        assertTrue(message.contains(reason), message);
        assertFalse(message.contains("secret") || message.contains("c2Vj"), message);
    }

    @Test
    void refusesAPepperThatIsNotSet() {
        String hash = "$hmac-sha256$deadbeef$2a$" + BCRYPT;
        assertThrows(
                ImportLine.InvalidLine.class, () -> read("{'email':'a@example.com','password_hash':'" + hash + "'}"));
    }

    @Test
    void refusesWhatIsNotUtf8() {
        byte[] line = "{\"email\":\"\u00e4@example.com\"}".getBytes(StandardCharsets.ISO_8859_1);
        String message =
                assertThrows(ImportLine.InvalidLine.class, () -> read(line)).getMessage();
        assertTrue(message.contains("UTF-8"), message);
    }

    @Test
    void refusesALongLine() {
        String line = "{'email':'" + "a".repeat(ImportLine.MAX_LENGTH) + "'}";
        String message =
                assertThrows(ImportLine.InvalidLine.class, () -> read(line)).getMessage();
        assertTrue(message.contains("longer than"), message);
    }

    private static ImportLine read(String json) throws Exception {
        return read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static ImportLine read(byte[] line) throws Exception {
        return ImportLine.read(1, new String(line, StandardCharsets.UTF_8), MAPPER, HASHER);
    }
}
