package dev.authtokens.password;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import org.wildfly.security.password.Password;
import org.wildfly.security.password.PasswordFactory;
import org.wildfly.security.password.WildFlyElytronPasswordProvider;
import org.wildfly.security.password.util.ModularCrypt;

/**
 * Passes bytes unchanged through Elytron, which takes characters and normalises them to NFKC; other systems hashed the bytes as
 * they were. Each byte becomes a character of the private use area, which no normalisation changes, and is encoded back.
 */
final class RawBytes extends Charset {

    static final RawBytes CHARSET = new RawBytes();

    private static final char BASE = '\uE000';

    private RawBytes() {
        super("X-AuthTokens-RawBytes", null);
    }

    /** Compares bytes, as they are, with a hash in the modular crypt format that Elytron knows. */
    static boolean matches(byte[] bytes, String modularCrypt) {
        try {
            Password hash = ModularCrypt.decode(modularCrypt);
            PasswordFactory factory =
                    PasswordFactory.getInstance(hash.getAlgorithm(), WildFlyElytronPasswordProvider.getInstance());
            return factory.verify(factory.translate(hash), toChars(bytes), CHARSET);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static char[] toChars(byte[] bytes) {
        char[] chars = new char[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            chars[i] = (char) (BASE + (bytes[i] & 0xff));
        }
        return chars;
    }

    @Override
    public boolean contains(Charset other) {
        return other instanceof RawBytes;
    }

    @Override
    public CharsetEncoder newEncoder() {
        return new CharsetEncoder(this, 1, 1) {
            @Override
            protected CoderResult encodeLoop(CharBuffer in, ByteBuffer out) {
                while (in.hasRemaining() && out.hasRemaining()) {
                    out.put((byte) (in.get() - BASE));
                }
                return in.hasRemaining() ? CoderResult.OVERFLOW : CoderResult.UNDERFLOW;
            }
        };
    }

    /** A charset must have one: it is only asked whether the encoder's replacement is legal. */
    @Override
    public CharsetDecoder newDecoder() {
        return StandardCharsets.ISO_8859_1.newDecoder();
    }
}
