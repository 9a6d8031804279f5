package dev.authtokens.password;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.AtOnce;
import dev.authtokens.harness.OtherSystems;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class ImportedHashTest {

    static final List<String> HASHES = OtherSystems.HASHES;

    private static final byte[] PASSWORD = utf8(OtherSystems.PASSWORD);
    private static final byte[] WRONG = utf8("wrong horse battery");
    private static final PasswordHasher.Verification NO_MATCH =
            new PasswordHasher.Verification(false, Optional.empty());

    private final PasswordHasher hasher = new PasswordHasher(4, Optional.empty(), List.of());

    @ParameterizedTest
    @FieldSource("HASHES")
    void renewsAHashOfEachKind(String stored) {
        assertEquals(Optional.empty(), hasher.refusal(stored));
        String renewed = hasher.verify(PASSWORD, stored).renewedHash().orElseThrow();
        assertEquals(new PasswordHasher.Verification(true, Optional.empty()), hasher.verify(PASSWORD, renewed));
        for (byte[] wrong :
                new byte[][] {null, {}, {0}, utf8("x"), utf8(OtherSystems.PASSWORD + "x"), new byte[1025]}) {
            assertEquals(NO_MATCH, hasher.verify(wrong, stored));
        }
    }

    /**
     * RFC 7914 for PBKDF2-SHA-256 and scrypt, the common vectors of PBKDF2-SHA-512, the tests of Argon2's reference
     * implementation, U. Drepper's of SHA-crypt, Firebase's example, OpenLDAP's guide, and two of tools that make the same.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            quoteCharacter = '"',
            value = {
                "passwd $pbkdf2-sha256$i=1,l=64$c2FsdA$VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLxJypzM8Xm2RZkWZLOdd+8x"
                        + "fHG4RbHjC9UJESBB06GXgw",
                "Password $pbkdf2-sha256$i=80000$TmFDbA==$TdzY9guYviGDDO5e8icB+WQaRBjQTAQUrv8Ih2s0q1ah1CWhIlgzVJrbhBtRyb"
                        + "MXaicr3ruh0HhHj2Kzl/M8jQ==",
                "password $pbkdf2-sha512$i=1$c2FsdA$hn9wzxreAs/zdSWZo6U9xK80x6ZpgVrl1RNVThyM8lLALUcKKFoFAbrZmb/pQ8CPBQI1"
                        + "19aLHaVeY/c7YKV/zg",
                "password $pbkdf2-sha512$i=4096$c2FsdA$0Zexsz2wFD4BixLz0dFHnmzevcyXxcD4f2kC4HL0V7UUPzBgJkGz1VzTNZiMs2uEN2"
                        + "Bg7NUy4Dm3QqI5Q0ry1Q",
                "password $argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "password $argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
                "password $argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "password $scrypt$ln=10,r=8,p=16$TmFDbA$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/xCSedmDDax"
                        + "yevuUqD7m2DYMvfoswGQA",
                "pleaseletmein $scrypt$ln=16384,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLV"
                        + "QylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw",
                "\"Hello world!\" $6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYE"
                        + "dFCoEOfaS35inz1",
                "\"Hello world!\" {CRYPT}$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/"
                        + "UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.",
                "\"This is just a test\" {crypt}$6$rounds=5000$toolongsaltstrin$lQ8jolhgVRVhY4b5pZKaysCLi0QBxGoNeKQzQ3gl"
                        + "MhwllF7oGDZxUhx1yxdYcz/e1JSbq3y6JMxxl8audkUEm0",
                "user1password $firescrypt$ln=14,r=8,p=1$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZv"
                        + "qmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn"
                        + "210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
                "secret {SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3",
                "password {ssha}pKqkNr1tq3wtQqk+UcPyA3HnA2NsU5NJ",
                "pass {SSHA256}Yuz0lZnd9xxLQhxgOSuV8b4GlTzeOWKriq9ay51aoLxmb29iYXI=",
                "\"correct horse battery\" {SSHA384}E5IiWevF3uBJUsirydE14fZTuovhITutaKX1enxz5l4ynIjrZxtuPP1O7X4WS5QKVK9N"
                        + "+tcUJ6A=",
                "\"correct horse battery\" {SSHA512}+034dKJlIHs8VkCGFqRPIPQG0xSiHShHQBsM8hQjUdAgUc0c7SZ2+DrJfOpm98PQphhD"
                        + "4c6lr5us6HngK7qZ6K6z/ukjL4ry"
            })
    void verifiesPublishedVectors(String password, String text) throws Exception {
        ImportedHash hash = ImportedHash.parse(text);
        assertTrue(hash.matches(utf8(password)));
        assertFalse(hash.matches(utf8(password + "x")));
    }

    /** By the C library, OpenSSL and Python, which take the bytes as they are. */
    @ParameterizedTest
    @FieldSource("NON_ASCII")
    void takesTheBytesOfThePasswordAsTheyAre(String text) throws Exception {
        ImportedHash hash = ImportedHash.parse(text);
        assertTrue(hash.matches(utf8("\ufb01sh \u00bd \ud83d\ude00")));
        assertFalse(hash.matches(utf8("fish 1\u20442 \ud83d\ude00")));
        assertFalse(hash.matches(new byte[] {(byte) 0xff}));
    }

    static final List<String> NON_ASCII = List.of(
            "$pbkdf2-sha512$i=10$c2FsdHNhbHQ$JZ90XH+R58duJ7tOycRrUZKu51mIwRtU7zIFJjY0k6W95WpiRct4lW/v"
                    + "s/pAjX1GJxX9GHR6wHePhPY1tm4STQ",
            "$argon2id$v=19$m=32,t=1,p=1$c2FsdHNhbHQ$phvoAdDNFG/f3orqF60jmes7JkQzxtnPeIipoEWc/M0",
            "$scrypt$ln=4,r=1,p=1$c2FsdHNhbHQ$aCWYE9Goudbap3YR9TrKNtINS3rsvZaKYB5wDr4yg44",
            "$6$rounds=1000$saltsalt$N96bxzPZhf3qfwVFisfMWRNrE9kQt4N7F6LICwnxJ2Rz.7igxDjIs8CpHcMujQpc"
                    + "sdLemsToKyAZVbofF3xYC1",
            "{SSHA}idIdNH33aqNAEa+Xl3sMMKCJhbRzYWx0c2FsdA");

    /** A text that was changed in one place is refused by the import, or verified like any other. */
    @ParameterizedTest
    @FieldSource("HASHES")
    void refusesMalformedTextsBeforeALogin(String text) throws Exception {
        int refused = 0;
        int verified = 0;
        for (String mutant : mutants(text)) {
            try {
                assertFalse(ImportedHash.parse(mutant).matches(WRONG), mutant);
                verified++;
            } catch (ImportedHash.Refused e) {
                refused++;
            }
        }
        assertTrue(refused > text.length() && verified > text.length() / 4, refused + " " + verified);
    }

    /** One character missing, repeated or replaced, and every beginning and end of the text. */
    private static Set<String> mutants(String text) {
        Set<String> mutants = new TreeSet<>();
        for (int i = 0; i < text.length(); i++) {
            String before = text.substring(0, i);
            String after = text.substring(i + 1);
            mutants.add(before);
            mutants.add(after);
            mutants.add(before + after);
            mutants.add(before + text.charAt(i) + text.charAt(i) + after);
            for (char other : new char[] {'$', '=', ',', '{', '0', '9', '-', 'B', ' ', '\n', '\0', '\u00e9'}) {
                mutants.add(before + other + after);
            }
        }
        mutants.remove(text);
        return mutants;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "$pbkdf2-sha256$i=2000000$c2FsdA$ 32 $pbkdf2-sha256$i=2000001$c2FsdA$ iterations",
                "$pbkdf2-sha256$i=1000000$c2FsdA$ 64 $pbkdf2-sha256$i=1000001$c2FsdA$ iterations",
                "$pbkdf2-sha512$i=1000000$c2FsdA$ 64 $pbkdf2-sha512$i=99999999999999999999$c2FsdA$ iterations",
                "pbkdf2_sha256$2000000$salt$ 32 pbkdf2_sha256$2000001$salt$ iterations",
                "$argon2id$v=19$m=131072,t=8,p=1$c29tZXNhbHQ$ 32 $argon2id$v=19$m=131073,t=1,p=1$c29tZXNhbHQ$ memory",
                "$argon2id$v=19$m=131072,t=8,p=1$c29tZXNhbHQ$ 32 $argon2id$v=19$m=131072,t=9,p=1$c29tZXNhbHQ$ passes",
                "$argon2id$v=19$m=32,t=1,p=4$c29tZXNhbHQ$ 16 $argon2id$v=19$m=32,t=1,p=5$c29tZXNhbHQ$ lanes",
                "$scrypt$ln=17,r=8,p=4$c2FsdA$ 32 $scrypt$ln=17,r=8,p=5$c2FsdA$ N",
                "$scrypt$ln=131072,r=8,p=1$c2FsdA$ 32 $scrypt$ln=131073,r=8,p=1$c2FsdA$ N",
                "$scrypt$ln=17,r=8,p=1$c2FsdA$ 32 $scrypt$ln=18,r=8,p=1$c2FsdA$ N",
                "$scrypt$ln=15,r=1,p=1$c2FsdA$ 32 $scrypt$ln=16,r=1,p=1$c2FsdA$ N",
                "$scrypt$ln=2,r=64,p=64$c2FsdA$ 32 $scrypt$ln=2,r=64,p=65$c2FsdA$ p",
            })
    void refusesWhatTakesTooMuch(String most, int length, String over, String parameter) throws Exception {
        String hash = Base64.getEncoder().encodeToString(new byte[length]);
        assertEquals(Optional.empty(), hasher.refusal(most + hash));
        String reason = hasher.refusal(over + hash).orElseThrow();
        assertTrue(reason.startsWith("password_hash takes too much work or memory: "), reason);
        assertTrue(reason.contains(" with " + parameter + " "), reason);
        assertTrue(ImportedHash.parse(most + hash).memory() <= ImportedHash.MAX_MEMORY);
        assertEquals(NO_MATCH, hasher.verify(PASSWORD, over + hash));
    }

    /** By the C library. A longer guess would take longer than others: each round hashes it. */
    @Test
    void boundsThePasswordsOfShaCrypt() throws Exception {
        String salt = "$6$rounds=1000$saltsalt$";
        assertTrue(ImportedHash.parse(
                        salt + "LKY6NZLfOOHT3c76dmtFIs2yukNI4rlv0twwC0q1y5/Lxv6wh5Q0.4kAO2IrFNcrOEvsqMMLLLx8xgrPNCCt//")
                .matches(utf8("a".repeat(128))));
        assertFalse(ImportedHash.parse(
                        salt + "TrTVRVK9UOlx/V/owTQjqKCHQpEs6GXwIyl2VVzoLbjRDyVliXYEhlSv8CvztfOTIQepLIe9szUpc1wDeZ.7k1")
                .matches(utf8("a".repeat(129))));
    }

    @Test
    void boundsTheRoundsOfShaCryptAndTheCostOfBcrypt() {
        String crypt = "$saltstring$" + "a".repeat(85) + ".";
        assertEquals(Optional.empty(), hasher.refusal("$6$rounds=700000" + crypt));
        assertTrue(hasher.refusal("$6$rounds=700001" + crypt).orElseThrow().contains("rounds over 700000"));
        String bcrypt = "$abcdefghijklmnopqrstuuCj3Wb1gJ3g0Nf1z0s0d0g0h0j0k0l0z";
        assertEquals(Optional.empty(), hasher.refusal("$2b$14" + bcrypt));
        assertTrue(hasher.refusal("$2b$15" + bcrypt).orElseThrow().contains("cost over 14"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$pbkdf2$i=1000$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
                "$pbkdf2-sha256$1000$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
                "$pbkdf2-sha256$i=1000,l=32$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
                "$pbkdf2-sha256$i=1000$c2FsdA$AAAAAAAAAAAAAAAAAAAA",
                "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "$scrypt$ln=5000,r=8,p=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
                "$scrypt$ln=4,r=8,p=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA$Bw==$AAAAAAAAAAAAAAAAAAAAAA",
                "$firescrypt$ln=4,r=8,p=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
                "$firescrypt$ln=4,r=8,p=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA$Bw==$AAAAAAAAAAAAAAAAAAAAAAAA",
                "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc8",
                "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
                "{SSHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
                "{SSHA1}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3",
            })
    void refusesOtherForms(String text) {
        assertTrue(hasher.refusal(text).isPresent());
        assertEquals(NO_MATCH, hasher.verify(PASSWORD, text));
    }

    /** What needs more memory than there is is refused before the memory is taken; what fits waits for its turn. */
    @Test
    void verifiesWithinTheMemory() {
        String eightMebibytes = "$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHQ$" + "A".repeat(43);
        String small = HASHES.get(1);
        PasswordHasher tight = new PasswordHasher(4, Optional.empty(), List.of(), 40 * 1024);
        assertEquals(NO_MATCH, tight.verify(PASSWORD, eightMebibytes));
        List<Boolean> matches =
                AtOnce.times(8, () -> tight.verify(PASSWORD, small).matches());
        assertEquals(Collections.nCopies(8, true), matches);
    }

    /** Work, not time: the processor time of this thread, compared with that for an account that does not exist. */
    @Test
    void aWrongPasswordTakesTheWorkOfAnUnknownAccount() {
        PasswordHasher costly = new PasswordHasher(9, Optional.empty(), List.of());
        Map<String, List<Long>> times = new HashMap<>();
        for (int round = 0; round < 7; round++) {
            for (String stored :
                    Stream.concat(HASHES.stream(), Stream.of("none")).toList()) {
                long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                assertEquals(NO_MATCH, costly.verify(WRONG, stored.equals("none") ? null : stored));
                long time = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin;
                times.computeIfAbsent(stored, unseen -> new ArrayList<>()).add(time);
            }
        }
        double unknown = median(times.get("none"));
        for (String stored : HASHES) {
            double ratio = median(times.get(stored)) / unknown;
            assertTrue(ratio > 0.7 && ratio < 1.5, stored + ": " + ratio);
        }
    }

    private static double median(List<Long> times) {
        return times.stream().sorted().toList().get(times.size() / 2);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
