package dev.authtokens.token;

import dev.authtokens.database.Sha256;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * What a client holds: {@code gsa_} and, in Base64url, 256 random bits and their CRC-32, which rejects most invalid tokens
 * without a query. Only the digest is stored.
 */
public final class TokenSecret {

    static final int LENGTH = 52;

    public static final String PREFIX = "gsa_";

    /** What looks like a token; the checksum decides whether it is one. */
    public static final Pattern SHAPE = Pattern.compile(PREFIX + "[A-Za-z0-9_-]{48}");

    private static final int RANDOM_BYTES = 32;

    private final byte[] random;

    private TokenSecret(byte[] random) {
        this.random = random;
    }

    static TokenSecret generate(SecureRandom source) {
        byte[] random = new byte[RANDOM_BYTES];
        source.nextBytes(random);
        return new TokenSecret(random);
    }

    /** Empty when the text cannot be a token of this service. */
    public static Optional<TokenSecret> parse(String text) {
        if (text.length() != LENGTH || !text.startsWith(PREFIX)) {
            return Optional.empty();
        }
        try {
            byte[] decoded = Base64.getUrlDecoder().decode(text.substring(PREFIX.length()));
            TokenSecret secret = new TokenSecret(Arrays.copyOf(decoded, RANDOM_BYTES));
            return Arrays.equals(decoded, secret.withChecksum()) ? Optional.of(secret) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The text for the client. It leaves the service only when the token is issued. */
    public String reveal() {
        return PREFIX + Base64.getUrlEncoder().encodeToString(withChecksum());
    }

    /** SHA-256 of the random bits, 32 bytes. */
    byte[] digest() {
        return Sha256.digest(random);
    }

    @Override
    public String toString() {
        return PREFIX + "...";
    }

    private byte[] withChecksum() {
        CRC32 checksum = new CRC32();
        checksum.update(random);
        return ByteBuffer.allocate(RANDOM_BYTES + Integer.BYTES)
                .put(random)
                .putInt((int) checksum.getValue())
                .array();
    }
}
