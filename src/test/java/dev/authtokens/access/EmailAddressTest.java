package dev.authtokens.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EmailAddressTest {

    @ParameterizedTest
    @MethodSource("spellings")
    void allSpellingsAreOneAccount(String written, String canonical) {
        assertEquals(canonical, parse(written).canonical());
    }

    static Stream<Arguments> spellings() {
        return Stream.of(
                Arguments.of("jane@example.com", "jane@example.com"),
                Arguments.of("Jane@Example.COM", "jane@example.com"),
                Arguments.of("JANE@EXAMPLE.COM", "jane@example.com"),
                Arguments.of("  jane@example.com", "jane@example.com"),
                Arguments.of("jane@example.com \t\r\n", "jane@example.com"),
                Arguments.of("\u3000jane@example.com\u2003", "jane@example.com"),
                Arguments.of("\uff4a\uff41\uff4e\uff45@example.com", "jane@example.com"),
                Arguments.of("\uff2a\uff21\uff2e\uff25@example.com", "jane@example.com"),
                Arguments.of("jane@example\uff0ecom", "jane@example.com"),
                Arguments.of("\ud835\udc23ane@example.com", "jane@example.com"),
                Arguments.of("jos\u00e9@example.com", "jos\u00e9@example.com"),
                Arguments.of("jose\u0301@example.com", "jos\u00e9@example.com"),
                Arguments.of("JOS\u00c9@example.com", "jos\u00e9@example.com"),
                Arguments.of("JOSE\u0301@example.com", "jos\u00e9@example.com"),
                Arguments.of("\u212aim@example.com", "kim@example.com"),
                Arguments.of("\ufb01sh@example.com", "fish@example.com"),
                Arguments.of("MASS\u1e9e@example.com", "mass\u00df@example.com"));
    }

    @ParameterizedTest
    @CsvSource({
        "jane@example.com, jane+work@example.com",
        "jane@example.com, ja.ne@example.com",
        "jane@example.com, jane@sub.example.com",
        "jane@example.com, jane@example.com.",
        "jane@example.com, jan@eexample.com",
        "jane@example.com, jan\u00e9@example.com",
        "jane@example.com, j\u0430ne@example.com",
    })
    void differentAddressesAreDifferentAccounts(String one, String other) {
        assertNotEquals(parse(one).canonical(), parse(other).canonical());
    }

    @ParameterizedTest
    @CsvSource({
        "Jane.Doe+Work@Example.com, jane.doe+work@example.com",
        "o'neil@example.com, o'neil@example.com",
        "j-d_e=f/g@example.com, j-d_e=f/g@example.com",
        "root@localhost, root@localhost",
        "\ud83d\ude00@example.com, \ud83d\ude00@example.com",
    })
    void keepsWhatWasWritten(String written, String canonical) {
        assertEquals(new EmailAddress(written, canonical), parse("  " + written + " "));
    }

    @ParameterizedTest
    @MethodSource("notAddresses")
    void refusesWhatIsNoAddress(String text) {
        assertEquals(Optional.empty(), EmailAddress.parse(text));
    }

    static Stream<String> notAddresses() {
        return Stream.of(
                null,
                "",
                " ",
                "@",
                "jane",
                "jane@",
                "@example.com",
                "jane@@example.com",
                "jane@doe@example.com",
                "jane@example.com@",
                "jane doe@example.com",
                "jane@exam ple.com",
                "jane @example.com",
                "jane@ example.com",
                "jane\u00a0doe@example.com",
                "jane\u3000doe@example.com",
                "jane\u2028doe@example.com",
                "jane\tdoe@example.com",
                "jane@example.com\r\nBcc: john@example.com",
                "jane\0@example.com",
                "jane@example.com\0",
                "\0jane@example.com",
                "jane\u007f@example.com",
                "jane\u0085@example.com",
                "jane\ud800@example.com",
                "jane\udc00@example.com",
                "jane@example.com\ud83d",
                "jane\u200f@example.com",
                "jane\u202e@example.com",
                "jane\u200b@example.com",
                "jane\u200d@example.com",
                "jane@exam\u00adple.com",
                "\ufeffjane@example.com",
                "jane\ue000@example.com",
                "jane\u0378@example.com",
                "jane\u00b4doe@example.com");
    }

    @ParameterizedTest
    @MethodSource("smuggledAtSigns")
    void compatibilityFormsBringInNoSecondAtSign(String text) {
        assertEquals(Optional.empty(), EmailAddress.parse(text));
    }

    static Stream<String> smuggledAtSigns() {
        return Stream.of(
                "jane\uff20example.com",
                "jane\uff20evil.example@example.com",
                "jane@evil.example\uff20example.com",
                "jane\ufe6bevil.example@example.com",
                "jane\uff20\uff20example.com");
    }

    @Test
    void acceptsTheLongestAddressAndRefusesOneMore() {
        String longest = "jane@" + "d".repeat(EmailAddress.MAX_LENGTH - 5);
        assertEquals(254, longest.length());
        assertEquals(longest, parse(longest).canonical());
        assertEquals(Optional.empty(), EmailAddress.parse(longest + "d"));
        assertEquals(Optional.empty(), EmailAddress.parse("jane@" + "d".repeat(1_000_000)));
    }

    @Test
    void acceptsTheLongestLocalPartAndRefusesOneMore() {
        assertEquals(
                "l".repeat(64) + "@example.com",
                parse("l".repeat(64) + "@example.com").canonical());
        assertEquals(Optional.empty(), EmailAddress.parse("l".repeat(65) + "@example.com"));
    }

    @Test
    void refusesWhatGrowsBeyondTheBoundsInCanonicalForm() {
        String ligature = "\ufb03";
        assertEquals(
                "ffi".repeat(21) + "@example.com",
                parse(ligature.repeat(21) + "@example.com").canonical());
        assertEquals(Optional.empty(), EmailAddress.parse(ligature.repeat(22) + "@example.com"));
        assertEquals("a@" + "ffi".repeat(84), parse("a@" + ligature.repeat(84)).canonical());
        assertEquals(Optional.empty(), EmailAddress.parse("a@" + ligature.repeat(85)));
    }

    @Test
    void canonicalFormIsItsOwnCanonicalForm() {
        Random random = new Random(1);
        int accepted = 0;
        for (int round = 0; round < 20_000; round++) {
            String text = letters(random) + "@" + letters(random);
            Optional<EmailAddress> address = EmailAddress.parse(text);
            if (address.isPresent()) {
                String canonical = address.get().canonical();
                assertEquals(
                        Optional.of(new EmailAddress(canonical, canonical)), EmailAddress.parse(canonical), () -> text);
                accepted++;
            }
        }
        assertTrue(accepted > 1000, "only " + accepted + " accepted");
    }

    private static String letters(Random random) {
        return random.ints(1 + random.nextInt(3), 0x21, 0x20000)
                .filter(point -> !Character.isISOControl(point))
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static EmailAddress parse(String text) {
        return EmailAddress.parse(text).orElseThrow();
    }

    @Test
    void aFinalSigmaIsASigma() {
        assertEquals(
                EmailAddress.parse("\u039d\u0399\u039a\u039f\u03a3@x.gr")
                        .orElseThrow()
                        .canonical(),
                EmailAddress.parse("\u03bd\u03b9\u03ba\u03bf\u03c3@x.gr")
                        .orElseThrow()
                        .canonical());
    }
}
