package dev.authtokens.database;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, which the database stores in place of secrets and of what clients sent as an e-mail address: 32 bytes. */
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
