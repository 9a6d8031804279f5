package dev.authtokens.user;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;

/**
 * Carries bytes unchanged through an API that takes characters: Elytron puts every password into Unicode form NFKC
 * before it hashes it, which other systems did not when they made the hashes that we import. Each byte becomes a
 * character of the private use area, which no normalisation touches, and this charset turns it back.
 */
final class RawBytes extends Charset {

    static final RawBytes CHARSET = new RawBytes();

    private static final char BASE = '\uE000';

    private RawBytes() {
        super("X-AuthTokens-RawBytes", null);
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
        return new CharsetEncoder(this, 1, 1, new byte[] {0}) {
            @Override
            protected CoderResult encodeLoop(CharBuffer in, ByteBuffer out) {
                while (in.hasRemaining()) {
                    if (!out.hasRemaining()) {
                        return CoderResult.OVERFLOW;
                    }
                    out.put((byte) (in.get() - BASE));
                }
                return CoderResult.UNDERFLOW;
            }

            @Override
            public boolean isLegalReplacement(byte[] replacement) {
                return true;
            }
        };
    }

    @Override
    public CharsetDecoder newDecoder() {
        return new CharsetDecoder(this, 1, 1) {
            @Override
            protected CoderResult decodeLoop(ByteBuffer in, CharBuffer out) {
                while (in.hasRemaining()) {
                    if (!out.hasRemaining()) {
                        return CoderResult.OVERFLOW;
                    }
                    out.put((char) (BASE + (in.get() & 0xff)));
                }
                return CoderResult.UNDERFLOW;
            }
        };
    }
}
