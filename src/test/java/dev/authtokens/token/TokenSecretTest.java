package dev.authtokens.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TokenSecretTest {

    /** The bytes 0 to 31 and their CRC-32. */
    private static final String KNOWN = "gsa_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh-RJn6K";

    private static final String REPLACEMENTS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \0\u00e9";

    private final SecureRandom random = new SecureRandom();

    @Test
    void hasFixedLengthPrefixAndUrlSafeCharacters() {
        for (int i = 0; i < 200; i++) {
            String text = TokenSecret.generate(random).reveal();
            assertEquals(TokenSecret.LENGTH, text.length(), text);
            assertTrue(text.matches("gsa_[A-Za-z0-9_-]{48}"), text);
        }
        assertEquals(52, TokenSecret.LENGTH);
    }

    @Test
    void survivesTheRoundTrip() {
        for (int i = 0; i < 200; i++) {
            TokenSecret secret = TokenSecret.generate(random);
            TokenSecret parsed = TokenSecret.parse(secret.reveal()).orElseThrow();
            assertEquals(secret.reveal(), parsed.reveal());
            assertArrayEquals(secret.digest(), parsed.digest());
        }
    }

    @Test
    void twoSecretsDiffer() {
        TokenSecret one = TokenSecret.generate(random);
        TokenSecret other = TokenSecret.generate(random);
        assertNotEquals(one.reveal(), other.reveal());
        assertFalse(Arrays.equals(one.digest(), other.digest()));
    }

    @ParameterizedTest
    @CsvSource({
        "gsa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAZClWt,"
                + "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925",
        KNOWN + ",630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd",
    })
    void knownTokensKeepTheirDigest(String text, String digest) {
        TokenSecret secret = TokenSecret.parse(text).orElseThrow();
        assertEquals(digest, HexFormat.of().formatHex(secret.digest()));
        assertEquals(text, secret.reveal());
    }

    @Test
    void digestIsTheSha256OfTheRandomBytes() throws Exception {
        TokenSecret secret = TokenSecret.generate(random);
        byte[] decoded = Base64.getUrlDecoder().decode(secret.reveal().substring("gsa_".length()));
        byte[] expected = MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(decoded, 32));
        assertArrayEquals(expected, secret.digest());
        assertEquals(32, secret.digest().length);
    }

    @ParameterizedTest
    @MethodSource("positions")
    void refusesEveryChangeOfOneCharacter(int position) {
        for (char replacement : REPLACEMENTS.toCharArray()) {
            if (replacement == KNOWN.charAt(position)) {
                continue;
            }
            String changed = KNOWN.substring(0, position) + replacement + KNOWN.substring(position + 1);
            assertEquals(Optional.empty(), TokenSecret.parse(changed), changed);
        }
    }

    static IntStream positions() {
        return IntStream.range(0, TokenSecret.LENGTH);
    }

    @ParameterizedTest
    @MethodSource("garbage")
    void refusesGarbage(String text) {
        assertEquals(Optional.empty(), TokenSecret.parse(text));
    }

    static Stream<String> garbage() {
        String body = KNOWN.substring("gsa_".length());
        return Stream.of(
                "",
                " ",
                "gsa_",
                body,
                "gsb_" + body,
                "GSA_" + body,
                "gsa-" + body,
                KNOWN.substring(0, 51),
                KNOWN + "A",
                KNOWN + KNOWN,
                " " + KNOWN,
                KNOWN + " ",
                KNOWN + "\n",
                KNOWN + "\0",
                "\0" + KNOWN.substring(1),
                KNOWN.substring(0, 51) + "\0",
                KNOWN.substring(0, 51) + "=",
                KNOWN.substring(0, 50) + "==",
                KNOWN + "==",
                KNOWN.replace('-', '+'),
                KNOWN.replace('-', '/'),
                "gsa_" + "\u00e9".repeat(48),
                "gsa_" + "\uff21".repeat(48),
                "gsa_" + "\ud83d\ude00".repeat(24),
                "gsa_" + "\ud800".repeat(48),
                "gsa_" + "A".repeat(48),
                "gsa_" + "_".repeat(48),
                "00000000-0000-0000-0000-000000000000",
                "A".repeat(100_000));
    }

    @Test
    void textFormRevealsNothing() {
        assertEquals(
                TokenSecret.generate(random).toString(),
                TokenSecret.generate(random).toString());
        assertEquals("gsa_...", TokenSecret.parse(KNOWN).orElseThrow().toString());
    }
}
