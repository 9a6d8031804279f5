package dev.authtokens.user;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * bcrypt as Provos and Mazières describe it ("A Future-Adaptable Password Scheme", 1999, section 5), in the form {@code 2b}:
 * the key is the password and a zero byte, over and over, of which 72 bytes are read. It takes two thirds of the time that
 * Elytron's own one takes, which reads the salt byte by byte, and divides for each, even where it is all zeros.
 */
final class Bcrypt {

    static final int SALT_LENGTH = 16;
    static final int HASH_LENGTH = 23;

    /** Blowfish's subkeys, and the four substitution boxes one after the other. */
    private static final int P = 18;

    private static final int S = 4 * 256;

    /** What they begin as: the fraction of pi. */
    private static final int[] PI = pi();

    private static final int[] TEXT = words("OrpheanBeholderScryDoubt".getBytes(StandardCharsets.US_ASCII), 6);

    private final int[] p = Arrays.copyOf(PI, P);
    private final int[] s = Arrays.copyOfRange(PI, P, P + S);

    private Bcrypt() {}

    /**
     * @param cost 4 to 31: the number of rounds is two to the power of it
     * @param salt {@link #SALT_LENGTH} bytes
     * @return {@link #HASH_LENGTH} bytes
     */
    static byte[] hash(int cost, byte[] salt, byte[] password) {
        if (cost < 4 || cost > 31 || salt.length != SALT_LENGTH) {
            throw new IllegalArgumentException("cost " + cost + ", salt of " + salt.length + " bytes");
        }
        int[] key = words(Arrays.copyOf(password, password.length + 1), P);
        int[] saltAsKey = words(salt, P);
        int[] noSalt = new int[4];
        Bcrypt state = new Bcrypt();
        state.expand(key, words(salt, 4));
        for (long round = 0; round < 1L << cost; round++) {
            state.expand(key, noSalt);
            state.expand(saltAsKey, noSalt);
        }
        return state.encryptText();
    }

    private void expand(int[] key, int[] salt) {
        for (int i = 0; i < P; i++) {
            p[i] ^= key[i];
        }
        long block = encryptInto(p, 0, 0, salt);
        encryptInto(s, block, P, salt);
    }

    /** Fills a table with the blocks of one chain. */
    private long encryptInto(int[] table, long first, int saltFrom, int[] salt) {
        long block = first;
        for (int i = 0; i < table.length; i += 2) {
            int salted = (saltFrom + i) & 2;
            block = encrypt(p, s, (int) (block >>> 32) ^ salt[salted], (int) block ^ salt[salted + 1]);
            table[i] = (int) (block >>> 32);
            table[i + 1] = (int) block;
        }
        return block;
    }

    private byte[] encryptText() {
        ByteBuffer hash = ByteBuffer.allocate(TEXT.length * Integer.BYTES);
        for (int i = 0; i < TEXT.length; i += 2) {
            long block = (long) TEXT[i] << 32 | TEXT[i + 1] & 0xffffffffL;
            for (int n = 0; n < 64; n++) {
                block = encrypt(p, s, (int) (block >>> 32), (int) block);
            }
            hash.putLong(block);
        }
        return Arrays.copyOf(hash.array(), HASH_LENGTH);
    }

    /** Blowfish: sixteen rounds, two at a time, so that the halves need not change places. */
    private static long encrypt(int[] p, int[] s, int firstHalf, int secondHalf) {
        int left = firstHalf ^ p[0];
        int right = secondHalf;
        for (int i = 1; i < P - 1; i += 2) {
            right ^= substitute(s, left) ^ p[i];
            left ^= substitute(s, right) ^ p[i + 1];
        }
        return (long) (right ^ p[P - 1]) << 32 | left & 0xffffffffL;
    }

    private static int substitute(int[] s, int x) {
        return ((s[x >>> 24] + s[0x100 | x >>> 16 & 0xff]) ^ s[0x200 | x >>> 8 & 0xff]) + s[0x300 | x & 0xff];
    }

    /** So many words of the bytes, repeated. */
    private static int[] words(byte[] bytes, int count) {
        int[] words = new int[count];
        for (int i = 0; i < count * Integer.BYTES; i++) {
            words[i / Integer.BYTES] = words[i / Integer.BYTES] << 8 | bytes[i % bytes.length] & 0xff;
        }
        return words;
    }

    private static int[] pi() {
        try (InputStream digits = Bcrypt.class.getResourceAsStream("pi.hex")) {
            String hex = new String(digits.readAllBytes(), StandardCharsets.US_ASCII).replace("\n", "");
            return words(HexFormat.of().parseHex(hex), P + S);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
