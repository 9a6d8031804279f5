package dev.authtokens.password;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Salted digests of LDAP servers: {@code {SSHA}} (SHA-1), {@code {SSHA256}} and so on, then Base64 of hash and salt. */
record SaltedDigest(String algorithm, byte[] salt, byte[] hash) implements ImportedHash {

    private static final Pattern FORM = Pattern.compile("\\{(?<scheme>(?i:SSHA)(256|384|512)?)}(?<bytes>.+)");
    private static final Map<String, String> ALGORITHMS =
            Map.of("SSHA", "SHA-1", "SSHA256", "SHA-256", "SSHA384", "SHA-384", "SSHA512", "SHA-512");
    private static final int MAX_SALT = 64;

    static SaltedDigest parse(String text) throws Refused {
        Matcher form = FORM.matcher(text);
        ImportedHash.require(form.matches(), "LDAP", "{SSHA}, {SSHA256}, {SSHA384} or {SSHA512} and Base64");
        String algorithm = ALGORITHMS.get(form.group("scheme").toUpperCase(Locale.ROOT));
        int length = digest(algorithm).getDigestLength();
        byte[] bytes = ImportedHash.bytes(form.group("bytes"), length + 1, length + MAX_SALT, form.group("scheme"));
        return new SaltedDigest(
                algorithm, Arrays.copyOfRange(bytes, length, bytes.length), Arrays.copyOfRange(bytes, 0, length));
    }

    @Override
    public boolean matches(byte[] password) {
        MessageDigest digest = digest(algorithm);
        digest.update(password);
        digest.update(salt);
        return MessageDigest.isEqual(digest.digest(), hash);
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
