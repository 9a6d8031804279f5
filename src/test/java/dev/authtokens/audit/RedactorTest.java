package dev.authtokens.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {

    private static final String TOKEN = "gsa_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh-RJn6K";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            --password s3cret                              | --password REDACTED
            --password=s3cret                              | --password=REDACTED
            --password = s3cret                            | --password = REDACTED
            --password    s3cret                           | --password    REDACTED
            --PASSWORD s3cret                              | --PASSWORD REDACTED
            --passwd s3cret                                | --passwd REDACTED
            --password "s3cret s3cret"                     | --password REDACTED
            --password 's3cret s3cret'                     | --password REDACTED
            --password="s3cret s3cret"                     | --password=REDACTED
            --password='s3cret s3cret'                     | --password=REDACTED
            --password "s3cret 's3cret' s3cret" --name x   | --password REDACTED --name x
            --password "s3cret s3cret                      | --password REDACTED
            --password --s3cret                            | --password REDACTED
            --password $1s3cret                            | --password REDACTED
            --password s3cret\\s3cret                      | --password REDACTED
            --new-password "s3cret s3cret"                 | --new-password REDACTED
            --old-password s3cret --new-password=s3cret    | --old-password REDACTED --new-password=REDACTED
            --auth-token s3cret                            | --auth-token REDACTED
            --auth-token=s3cret                            | --auth-token=REDACTED
            --client-secret s3cret                         | --client-secret REDACTED
            -p s3cret                                      | -p REDACTED
            -p    s3cret                                   | -p REDACTED
            -ps3cret                                       | -p REDACTED
            -p=s3cret                                      | -p REDACTED
            -p "s3cret s3cret"                             | -p REDACTED
            -p 's3cret s3cret'                             | -p REDACTED
            -p="s3cret s3cret"                             | -p REDACTED
            -p"s3cret s3cret"                              | -p REDACTED
            -p's3cret s3cret'                              | -p REDACTED
            -p -s3cret                                     | -p REDACTED
            login a@b.c -p s3cret                          | login a@b.c -p REDACTED
            login -ps3cret a@b.c                           | login -p REDACTED a@b.c
            -p s3cret -p s3cret -ps3cret                   | -p REDACTED -p REDACTED -p REDACTED
            -p s3cret --password 's3 cret' --auth-token=s3 | -p REDACTED --password REDACTED --auth-token=REDACTED
            """)
    void redactsTheValuesOfSecretOptions(String text, String expected) {
        assertEquals(expected, Redactor.redact(text));
        assertEquals(expected, Redactor.clean(text, 1000));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-password s3cret",
                "-password=s3cret",
                "--password-again s3cret",
                "--my-passwd-2 s3cret",
                "--password=-ps3cret",
                "-p=--password=s3cret",
                "--name x\t-p\ts3cret",
                "--name x\n--password\ns3cret",
            })
    void leavesNothingOfSecretsInUnusualPlaces(String text) {
        assertFalse(Redactor.redact(text).contains("s3"), Redactor.redact(text));
        assertFalse(Redactor.clean(text, 1000).contains("s3"), Redactor.clean(text, 1000));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Authorization: giantswarm 0123456789abcdef   | Authorization: giantswarm REDACTED
            Authorization: GiantSwarm 0123456789abcdef   | Authorization: GiantSwarm REDACTED
            Authorization: Bearer 01234567-89ab-cdef-0123-456789abcdef | Authorization: Bearer REDACTED
            authorization: bearer a.b~c+d/e=f_g-h_0123   | authorization: bearer REDACTED
            Authorization: Basic dXNlcjpwYXNzd29yZA==    | Authorization: Basic REDACTED
            Bearer   0123456789abcdef rest               | Bearer REDACTED rest
            """)
    void redactsCredentialsOfAnAuthorizationHeader(String text, String expected) {
        assertEquals(expected, Redactor.redact(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "x %s y",
                "x=%s,y",
                "(%s)",
                "\"%s\"",
                "https://example.com/?token=%s&x=y",
                "x%s",
                "giantswarm %s",
                "--auth-token %s",
                "--anything=%s",
                "%1$s %1$s",
                "%1$s%1$s",
            })
    void redactsOwnTokensAnywhere(String format) {
        String redacted = Redactor.redact(format.formatted(TOKEN));
        assertHasNoPartOfToken(redacted);
        assertTrue(redacted.contains("REDACTED"), redacted);
    }

    @ParameterizedTest
    @CsvSource({"12", "13", "20", "51"})
    void redactsPartsOfOwnTokens(int length) {
        assertEquals("x REDACTED y", Redactor.redact("x " + TOKEN.substring(0, length) + " y"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "create cluster",
                "create cluster --provider aws",
                "--provider aws",
                "--provider=aws",
                "--profile p --pods 3",
                "--organization giantswarm --name test",
                "list clusters -o json",
                "my-p x",
                "a-px",
                "stop -f -w",
                "set password",
                "the password is forgotten",
                "gsa_",
                "gsa_short",
                "basic auth",
                "bearer of good news",
                "gr\u00fc\u00dfe \u65e5\u672c \ud83d\ude00",
            })
    void leavesTheRestAsItIs(String text) {
        assertEquals(text, Redactor.redact(text));
        assertEquals(text, Redactor.clean(text, 1000));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\0",
                "\u0001",
                "\t",
                "\r",
                "\n",
                "\u000b",
                "\u001b",
                "\u007f",
                "\u0085",
                "\u009b",
                "\u00ad",
                "\u061c",
                "\u200b",
                "\u200f",
                "\u2028",
                "\u2029",
                "\u202e",
                "\u2066",
                "\ufeff",
                "\ue000",
                "\uffff",
                "\ud800",
                "\udfff",
                "\udbff\udfff",
                "\udb40\udc41",
            })
    void cleanTakesOutUnprintableCharacters(String unprintable) {
        String clean = Redactor.clean("a" + unprintable + "b", 1000);
        assertTrue(clean.matches("a ?b"), clean);
    }

    @Test
    void cleanKeepsAForgedLogLineOnOneLine() {
        String clean = Redactor.clean("ping\r\n2026-01-01 INFO \u001b[31mlogged in", 1000);
        assertEquals("ping  2026-01-01 INFO  [31mlogged in", clean);
    }

    @ParameterizedTest
    @CsvSource({"1, a", "2, ab", "3, abc", "4, abc", "1000, abc"})
    void cleanCutsToTheBound(int maxLength, String expected) {
        assertEquals(expected, Redactor.clean("abc", maxLength));
    }

    @ParameterizedTest
    @CsvSource({"1, a", "2, a", "3, a\ud83d\ude00", "4, a\ud83d\ude00", "5, a\ud83d\ude00\ud83d\ude01"})
    void cleanNeverCutsASurrogatePair(int maxLength, String expected) {
        assertEquals(expected, Redactor.clean("a\ud83d\ude00\ud83d\ude01", maxLength));
    }

    @ParameterizedTest
    @MethodSource("secretsAtTheBound")
    void cleanRedactsBeforeItCuts(String text) {
        for (int maxLength = 1; maxLength <= text.length(); maxLength++) {
            String clean = Redactor.clean(text, maxLength);
            assertTrue(clean.length() <= maxLength, clean);
            assertHasNoPartOfToken(clean);
            assertFalse(clean.contains("s3"), clean);
        }
    }

    static Stream<Arguments> secretsAtTheBound() {
        String filler = "x ".repeat(20);
        return Stream.of(
                Arguments.of(filler + TOKEN),
                Arguments.of(filler + "giantswarm " + TOKEN + " y"),
                Arguments.of(filler + "--password s3crets3cret y"),
                Arguments.of(filler + "--password 's3cret s3cret' y"),
                Arguments.of(filler + "-ps3crets3cret"));
    }

    private static void assertHasNoPartOfToken(String text) {
        for (int i = 4; i + 8 <= TOKEN.length(); i++) {
            assertFalse(text.contains(TOKEN.substring(i, i + 8)), text);
        }
        assertFalse(text.contains("gsa_"), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--password=gr\u00c3\u00b6\u00c3\u009fhunter2",
                "--password \ud83d\udc68\u200d\ud83d\udc69hunter2",
                "--pass\u200bword hunter2",
                "-pGr\u00c3\u009fhunter2",
                "-p = hunter2",
                "-p= hunter2",
                "--password \"a\\\"b hunter2\"",
                "--password=a'b hunter2'",
                "-pa\"b hunter2\"",
                "\"--password\" hunter2",
                "\"--password=hunter2 x\"",
                "sh -c '-phunter2'",
                "Bearer \"aHVudGVyMmh1bnRlcjI=hunter2\"",
                "bearer:aHVudGVyMmh1bnRlcjI=hunter2"
            })
    void cleansSecretsHoweverTheyAreWritten(String commandLine) {
        String clean = Redactor.clean(commandLine, 1000);
        assertFalse(clean.contains("hunter2"), clean);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "a\"b\"",
                "\"\\a",
                "-password",
                "password-",
                "'",
                "\"",
                "-p",
                "-p ",
                "-p\"",
                "\"-p\"",
                "(",
                " ",
                "bearer:",
                "gsa_",
                "\u200b",
                "\ud800"
            })
    void copesWithTheLongestHeadersThatAServerTakes(String part) {
        for (String start : new String[] {"", "--password ", "--password='", "-p", "-p\"", "bearer "}) {
            assertTrue(Redactor.clean(start + part.repeat(8192 / part.length()), 1024)
                            .length()
                    <= 1024);
        }
    }
}
