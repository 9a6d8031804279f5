package dev.authtokens.password;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Salted digests of LDAP servers: {@code {SSHA}} (SHA-1), {@code {SSHA256}} and so on, then Base64 of hash and salt. */
record SaltedDigest(String algorithm, byte[] salt, byte[] hash) implements ImportedHash {

    private static final Pattern FORM = Pattern.compile("\\{(?<scheme>(?i:SSHA)(?<bits>256|384|512)?)}(?<bytes>.+)");
    private static final int SHA_1_LENGTH = 20;
    private static final int MAX_SALT = 64;

    static SaltedDigest parse(String text) throws Refused {
        Matcher form = FORM.matcher(text);
        ImportedHash.require(form.matches(), "LDAP", "{SSHA}, {SSHA256}, {SSHA384} or {SSHA512} and Base64");
        String bits = form.group("bits");
        int length = bits == null ? SHA_1_LENGTH : Integer.parseInt(bits) / 8;
        byte[] bytes = ImportedHash.bytes(form.group("bytes"), length + 1, length + MAX_SALT, form.group("scheme"));
        byte[] salt = Arrays.copyOfRange(bytes, length, bytes.length);
        return new SaltedDigest(bits == null ? "SHA-1" : "SHA-" + bits, salt, Arrays.copyOf(bytes, length));
    }

    @Override
    public boolean matches(byte[] password) throws GeneralSecurityException {
        MessageDigest digest = MessageDigest.getInstance(algorithm);
        digest.update(password);
        return MessageDigest.isEqual(digest.digest(salt), hash);
    }
}
