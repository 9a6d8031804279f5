package dev.authtokens.password;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHasherTest {

    private static final int COST = 4;
    private static final String PEPPER = "a pepper of this year";
    private static final String FORMER_PEPPER = "a pepper of last year";
    private static final PasswordHasher.Verification NO_MATCH =
            new PasswordHasher.Verification(false, Optional.empty());
    private static final PasswordHasher.Verification CURRENT_MATCH =
            new PasswordHasher.Verification(true, Optional.empty());

    private final PasswordHasher hasher = new PasswordHasher(COST, Optional.of(PEPPER), List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                " ",
                "correct horse battery staple",
                "p\u00e4ssw\u00f6rd",
                "\u65e5\u672c\u8a9e",
                "\ud83d\ude00\ud83d\udd11",
                "tab\tand\nline",
                "\0",
                "\ufffd",
            })
    void verifiesWhatItHashed(String password) {
        String stored = hasher.hash(utf8(password));
        assertEquals(CURRENT_MATCH, hasher.verify(utf8(password), stored));
        assertEquals(NO_MATCH, hasher.verify(utf8(password + "x"), stored));
        assertEquals(NO_MATCH, hasher.verify(utf8("x" + password), stored));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 71, 72, 73, 200, PasswordHasher.MAX_LENGTH})
    void everyByteOfAPasswordCounts(int length) {
        String common = "x".repeat(length - 1);
        String stored = hasher.hash(utf8(common + "a"));
        assertTrue(hasher.verify(utf8(common + "a"), stored).matches());
        assertEquals(NO_MATCH, hasher.verify(utf8(common + "b"), stored));
        assertEquals(NO_MATCH, hasher.verify(utf8(common), stored));
    }

    @ParameterizedTest
    @ValueSource(strings = {"before\0other", "before\0", "before", "before\0after\0", "\0before\0after"})
    void bytesAfterANulCount(String guess) {
        String stored = hasher.hash(utf8("before\0after"));
        assertTrue(hasher.verify(utf8("before\0after"), stored).matches());
        assertEquals(NO_MATCH, hasher.verify(utf8(guess), stored));
    }

    @ParameterizedTest
    @ValueSource(strings = {"e\u0301", "\uff45\u0301", "\u00c9", "e"})
    void unicodeFormsOfAPasswordAreDifferentPasswords(String guess) {
        String stored = hasher.hash(utf8("\u00e9"));
        assertEquals(NO_MATCH, hasher.verify(utf8(guess), stored));
    }

    @Test
    void bytesThatAreNoUtf8AreDistinguished() {
        String stored = hasher.hash(new byte[] {(byte) 0xff});
        assertTrue(hasher.verify(new byte[] {(byte) 0xff}, stored).matches());
        assertEquals(NO_MATCH, hasher.verify(new byte[] {(byte) 0xfe}, stored));
    }

    @ParameterizedTest
    @MethodSource("neverMatching")
    void missingEmptyAndOverlongPasswordsNeverMatch(byte[] password, String stored) {
        assertEquals(NO_MATCH, hasher.verify(password, stored));
    }

    static Stream<Arguments> neverMatching() {
        PasswordHasher hasher = new PasswordHasher(COST, Optional.of(PEPPER), List.of());
        byte[] tooLong = new byte[PasswordHasher.MAX_LENGTH + 1];
        String plainHashOfNothing = "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkY8jIucDrjc8deX1s.";
        return Stream.of(
                Arguments.of(null, null),
                Arguments.of(utf8("password"), null),
                Arguments.of(new byte[0], null),
                Arguments.of(null, hasher.hash(utf8("password"))),
                Arguments.of(null, hasher.hash(new byte[0])),
                Arguments.of(null, hasher.hash(new byte[1])),
                Arguments.of(new byte[0], hasher.hash(new byte[0])),
                Arguments.of(new byte[0], hasher.hash(new byte[1])),
                Arguments.of(new byte[0], plainHashOfNothing),
                Arguments.of(tooLong, hasher.hash(tooLong)),
                Arguments.of(tooLong, hasher.hash(new byte[1])));
    }

    @Test
    void storesTheDocumentedForm() {
        String stored = hasher.hash(utf8("password"));
        assertTrue(stored.matches("\\$hmac-sha256\\$[0-9a-f]{8}\\$2a\\$04\\$[./A-Za-z0-9]{53}"), stored);
        assertFalse(stored.contains(PEPPER));
    }

    @Test
    void theSamePasswordTwiceGivesDifferentHashes() {
        assertNotEquals(hasher.hash(utf8("password")), hasher.hash(utf8("password")));
    }

    /** Computed with other implementations of HMAC and bcrypt. */
    @Test
    void verifiesKnownHashesOfItsOwnForm() {
        byte[] password = utf8("p\u00e4ssword \ud83d\ude00");
        String peppered = "$hmac-sha256$2560a77f$2a$04$TwHRfHrSzkGtZ1zoxXnWWO45ZIuGAR.ud9eh.8wvjRvdAp1t/Sp9C";
        String withoutPepper = "$hmac-sha256$37a41ea8$2a$04$TwHRfHrSzkGtZ1zoxXnWWOwPdePVaLfC4DvJeOQlvlY.YZR93s0wq";
        assertEquals(CURRENT_MATCH, hasher.verify(password, peppered));
        assertTrue(hasher.verify(password, withoutPepper).matches());
        assertEquals(
                CURRENT_MATCH, new PasswordHasher(COST, Optional.empty(), List.of()).verify(password, withoutPepper));
    }

    @ParameterizedTest
    @MethodSource("published")
    void verifiesPublishedBcryptVectors(String password, String stored) {
        for (String prefix : List.of("$2a$", "$2b$", "$2y$")) {
            String imported = prefix + stored.substring(4);
            assertTrue(hasher.verify(utf8(password), imported).matches(), imported);
            assertEquals(NO_MATCH, hasher.verify(utf8(password + "x"), imported), imported);
        }
    }

    static Stream<Arguments> published() {
        return Stream.of(
                Arguments.of("a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe"),
                Arguments.of("abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"),
                Arguments.of(
                        "abcdefghijklmnopqrstuvwxyz", "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC"),
                Arguments.of(
                        "~!@#$%^&*()      ~!@#$%^&*()PNBFRD",
                        "$2a$06$fPIsBO8qRqkjj273rfaOI.HtSV9jLDpTbZn782DC6/t7qT67P6FfO"));
    }

    /** Computed with an implementation of bcrypt that takes the bytes as they are. */
    @ParameterizedTest
    @MethodSource("importedNonAscii")
    void verifiesImportedHashesOfNonAsciiPasswords(String password, String otherForm, String stored) {
        assertTrue(hasher.verify(utf8(password), stored).matches());
        assertEquals(NO_MATCH, hasher.verify(utf8(otherForm), stored));
    }

    static Stream<Arguments> importedNonAscii() {
        return Stream.of(
                Arguments.of(
                        "\u00bd pound",
                        "1\u20442 pound",
                        "$2b$04$5DuYaxSEg/xsiuyb3KTJTehde7pcV.Ma8g7QC.fysgJ/fLYtnSNvm"),
                Arguments.of(
                        "e\u0301te\u0301",
                        "\u00e9t\u00e9",
                        "$2y$04$5DuYaxSEg/xsiuyb3KTJTevnmvSOoTt4OiEZHQi.J26R5653/QFQS"),
                Arguments.of("\ufb01sh", "fish", "$2b$04$TwHRfHrSzkGtZ1zoxXnWWOJPA1hF722h.mi6Vk/x/qMQ6EW0L6tZe"),
                Arguments.of(
                        "\ud83d\ude00 smile",
                        "? smile",
                        "$2y$04$TwHRfHrSzkGtZ1zoxXnWWOu4v.mkIgfo.PRj/LLk1CW/3K8BO0axe"));
    }

    @ParameterizedTest
    @MethodSource("importedLong")
    void verifiesImportedHashesOfPasswordsThatBcryptCut(String password, String stored) {
        PasswordHasher.Verification verification = hasher.verify(utf8(password), stored);
        assertTrue(verification.matches());
        // What is behind the 72 bytes may be anything: it does not become the password.
        assertEquals(utf8(password).length <= 72, verification.renewedHash().isPresent());
    }

    static Stream<Arguments> importedLong() {
        return Stream.of(
                Arguments.of("x".repeat(72), "$2b$04$TwHRfHrSzkGtZ1zoxXnWWOjyM8djegUw7EnM/D2Uyn6FSv0RIlw/m"),
                Arguments.of("x".repeat(72) + "tail", "$2b$04$TwHRfHrSzkGtZ1zoxXnWWOjyM8djegUw7EnM/D2Uyn6FSv0RIlw/m"),
                Arguments.of(
                        "\u00df".repeat(36) + "tail", "$2b$04$TwHRfHrSzkGtZ1zoxXnWWO.gDK7n5/Vol3lZRr/z0jEMK2I6LeiT6"),
                Arguments.of("y".repeat(300), "$2b$04$TwHRfHrSzkGtZ1zoxXnWWO/RuaTg00l2UEXnsIhTE/m4EypVee51O"));
    }

    @ParameterizedTest
    @MethodSource("outdated")
    void renewsOutdatedHashes(String stored) {
        PasswordHasher today = new PasswordHasher(COST + 1, Optional.of(PEPPER), List.of(FORMER_PEPPER));
        byte[] password = utf8("abc");

        PasswordHasher.Verification verification = today.verify(password, stored);
        assertTrue(verification.matches());
        String renewed = verification.renewedHash().orElseThrow();
        assertTrue(renewed.contains("$2a$05$"), renewed);
        assertEquals(CURRENT_MATCH, today.verify(password, renewed));
        assertEquals(
                CURRENT_MATCH,
                new PasswordHasher(COST + 1, Optional.of(PEPPER), List.of()).verify(password, renewed),
                "the renewed hash needs no former pepper");

        assertEquals(NO_MATCH, today.verify(utf8("abd"), stored));
    }

    static Stream<Arguments> outdated() {
        byte[] password = utf8("abc");
        return Stream.of(
                Arguments.of(new PasswordHasher(COST, Optional.of(PEPPER), List.of()).hash(password)),
                Arguments.of(new PasswordHasher(COST + 2, Optional.of(PEPPER), List.of()).hash(password)),
                Arguments.of(new PasswordHasher(COST + 1, Optional.empty(), List.of()).hash(password)),
                Arguments.of(new PasswordHasher(COST + 1, Optional.of(FORMER_PEPPER), List.of()).hash(password)),
                Arguments.of("$2b$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"));
    }

    @Test
    void leavesCurrentHashesAsTheyAre() {
        byte[] password = utf8("abc");
        for (Optional<String> pepper : List.of(Optional.<String>empty(), Optional.of(PEPPER))) {
            PasswordHasher today = new PasswordHasher(COST, pepper, List.of(FORMER_PEPPER));
            assertEquals(CURRENT_MATCH, today.verify(password, today.hash(password)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "abc",
                "*",
                "$2$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i",
                "$2x$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i",
                "$2a$6$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i",
                "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0",
                "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0ii",
                " $2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i",
                "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i\n",
                "$hmac-sha512$2560a77f$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i",
                "$hmac-sha256$00000000$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i",
                "$hmac-sha256$2560A77F$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i",
                "$hmac-sha256$$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i",
                "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo",
                "{SHA}qZk+NkcGgWq6PiVxeFDCbJzQ2J0=",
                "900150983cd24fb0d6963f7d28e17f72",
            })
    void refusesUnknownSchemes(String stored) {
        assertEquals(NO_MATCH, hasher.verify(utf8("abc"), stored));
        assertEquals(NO_MATCH, hasher.verify(null, stored));
    }

    @Test
    void refusesHashesOfAnUnknownPepper() {
        String stored = new PasswordHasher(COST, Optional.of(FORMER_PEPPER), List.of()).hash(utf8("abc"));
        assertEquals(NO_MATCH, hasher.verify(utf8("abc"), stored));
        assertEquals(NO_MATCH, new PasswordHasher(COST, Optional.empty(), List.of()).verify(utf8("abc"), stored));
    }

    @Test
    void aHashWithoutItsPepperIsOfNoUse() {
        String stored = hasher.hash(utf8("abc"));
        String bcrypt = stored.substring(stored.indexOf("$2a$"));
        assertEquals(NO_MATCH, hasher.verify(utf8("abc"), bcrypt));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$2a$00$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe",
                "$2a$03$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe",
                "$2a$17$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe",
                "$2a$32$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe",
                "$2a$04$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfx!",
                "$2a$04$m0CrhHm10qJ3lXRY.5zDGO3rS2Kdee LuGmsfGlMfOxih58VYVfxe",
                ""
            })
    void refusesBrokenHashes(String stored) {
        assertEquals(NO_MATCH, hasher.verify(utf8("a"), stored));
    }
}
