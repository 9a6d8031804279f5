package dev.authtokens;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What the database knows in place of a secret, or of what somebody typed in: 32 bytes that do not tell it. */
public final class Sha256 {

    private Sha256() {}

    public static byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
