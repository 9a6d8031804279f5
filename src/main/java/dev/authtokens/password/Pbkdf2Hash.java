package dev.authtokens.password;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * PBKDF2 (RFC 8018) with HMAC-SHA-256 or HMAC-SHA-512 of the JDK: {@code $pbkdf2-sha512$i=210000$salt$hash} with Base64, and
 * Django's {@code pbkdf2_sha256$iterations$salt$hash}, whose salt is a text.
 */
record Pbkdf2Hash(int bits, int iterations, byte[] salt, byte[] hash) implements ImportedHash {

    private static final Pattern FORM = Pattern.compile("\\$pbkdf2-sha(?<bits>256|512)\\$i=(?<iterations>[1-9][0-9]*)"
            + "(,l=(?<length>[1-9][0-9]{0,2}))?\\$(?<salt>[^$]+)\\$(?<hash>[^$]+)");
    private static final Pattern DJANGO = Pattern.compile(
            "pbkdf2_sha(?<bits>256|512)\\$(?<iterations>[1-9][0-9]*)\\$(?<salt>[!-#%-~]{1,128})\\$(?<hash>[^$]+)");

    static Pbkdf2Hash parse(String text) throws Refused {
        boolean isDjango = text.startsWith("pbkdf2_");
        Matcher form = (isDjango ? DJANGO : FORM).matcher(text);
        ImportedHash.require(
                form.matches(),
                "PBKDF2",
                isDjango ? "pbkdf2_sha256$iterations$salt$hash" : "$pbkdf2-sha256$i=iterations$salt$hash");
        int bits = Integer.parseInt(form.group("bits"));
        byte[] hash = ImportedHash.bytes(form.group("hash"), 16, 64, "PBKDF2");
        // A hash longer than the digest takes every iteration twice.
        int most = (bits == 256 ? 2_000_000 : 1_000_000) / (hash.length * 8 > bits ? 2 : 1);
        int iterations = ImportedHash.atMost(most, form.group("iterations"), "PBKDF2", "iterations");
        if (isDjango) {
            return new Pbkdf2Hash(bits, iterations, form.group("salt").getBytes(US_ASCII), hash);
        }
        String length = form.group("length");
        ImportedHash.require(
                length == null || Integer.parseInt(length) == hash.length, "PBKDF2", "i=iterations,l=length");
        return new Pbkdf2Hash(bits, iterations, ImportedHash.bytes(form.group("salt"), 1, 128, "PBKDF2"), hash);
    }

    /** The JDK takes text: bytes that are none do the same work, and do not match. */
    @Override
    public boolean matches(byte[] password) throws GeneralSecurityException {
        String text = new String(password, UTF_8);
        byte[] guess = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA" + bits)
                .generateSecret(new PBEKeySpec(text.toCharArray(), salt, iterations, hash.length * 8))
                .getEncoded();
        return MessageDigest.isEqual(guess, hash) & Arrays.equals(text.getBytes(UTF_8), password);
    }
}
