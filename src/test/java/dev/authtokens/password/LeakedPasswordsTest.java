package dev.authtokens.password;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LeakedPasswordsTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("lists")
    void findsThoseInTheListAndNoOthers(int size, String end, IntFunction<String> count) throws Exception {
        String lines = IntStream.range(0, size)
                .mapToObj(i -> sha1("leaked " + i) + count.apply(i) + end)
                .sorted()
                .collect(Collectors.joining());
        LeakedPasswords list = list(lines);
        assertEquals(Optional.empty(), list.refusal());
        for (int i = 0; i < size; i++) {
            assertTrue(list.contains(("leaked " + i).getBytes(UTF_8)), "leaked " + i);
            assertFalse(list.contains(("other " + i).getBytes(UTF_8)), "other " + i);
        }
    }

    static Stream<Arguments> lists() {
        Random random = new Random(1);
        IntFunction<String> counts = i -> ":" + (random.nextLong() >>> (1 + random.nextInt(62)));
        return Stream.of(
                Arguments.of(1, "\n", (IntFunction<String>) i -> ""),
                Arguments.of(1, "", (IntFunction<String>) i -> ":1"),
                Arguments.of(2, "\n", (IntFunction<String>) i -> ":" + Long.MAX_VALUE),
                Arguments.of(3, "\r\n", (IntFunction<String>) i -> ":" + Long.MAX_VALUE),
                Arguments.of(1000, "\n", (IntFunction<String>) i -> ""),
                Arguments.of(4000, "\r\n", counts),
                Arguments.of(4001, "\n", counts));
    }

    @Test
    void takesSmallLetters() throws Exception {
        LeakedPasswords list = list(sha1("leaked").toLowerCase(Locale.ROOT) + ":3\n");
        assertEquals(Optional.empty(), list.refusal());
        assertTrue(list.contains("leaked".getBytes(UTF_8)));
    }

    @Test
    void refusesWhatIsNoSuchList() throws Exception {
        List<String> sorted = IntStream.range(0, 4000)
                .mapToObj(i -> sha1("leaked " + i))
                .sorted()
                .toList();
        String good = String.join("\n", sorted) + "\n";
        for (String bad : List.of(
                "",
                "\n",
                "password\n",
                "\0".repeat(200_000),
                sha1("one").substring(8) + ":5\n",
                sha1("one") + ":many\n",
                sha1("one") + ":5\n" + sha1("one") + ":5\n",
                String.join("\n", List.of(sorted.get(1), sorted.get(0))),
                good + "\n",
                good + sorted.get(0) + "\n")) {
            assertEquals(
                    Optional.of("is no file with lines of SHA-1 digests, sorted by them"),
                    list(bad).refusal());
        }
        assertEquals(
                Optional.of("cannot be read (NoSuchFileException)"),
                new LeakedPasswords(folder.resolve("none")).refusal());
        assertTrue(new LeakedPasswords(folder).refusal().isPresent());
    }

    /** Nothing is taken for a password that did not leak only because the list was damaged since the start. */
    @Test
    void failsWhereTheListIsNoLongerOne() throws Exception {
        assertThrows(UncheckedIOException.class, () -> list("no list").contains(new byte[1]));
        assertThrows(
                UncheckedIOException.class, () -> new LeakedPasswords(folder.resolve("none")).contains(new byte[1]));
    }

    private LeakedPasswords list(String content) throws IOException {
        return new LeakedPasswords(Files.writeString(folder.resolve("list"), content));
    }

    private static String sha1(String password) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(password.getBytes(UTF_8));
            return HexFormat.of().withUpperCase().formatHex(digest);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
