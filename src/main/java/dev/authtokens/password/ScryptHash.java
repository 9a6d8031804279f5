package dev.authtokens.password;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.util.Arrays;

/**
 * scrypt (RFC 7914) of Bouncy Castle: {@code $scrypt$ln=15,r=8,p=1$salt$hash}, where {@code ln} is the power of two N, or N
 * itself as Kratos writes it. Firebase's variant {@code $firescrypt$ln=14,r=8,p=1$salt$hash$separator$key} encrypts the key
 * of the project with the first half of what scrypt makes.
 *
 * @param signerKey null but for Firebase
 */
record ScryptHash(int n, int r, int p, byte[] salt, byte[] hash, byte[] signerKey) implements ImportedHash {

    private static final Pattern FORM = Pattern.compile("\\$(?<kind>scrypt|firescrypt)\\$ln=(?<ln>[1-9][0-9]*)"
            + ",r=(?<r>[1-9][0-9]*),p=(?<p>[1-9][0-9]*)\\$(?<salt>[^$]+)\\$(?<hash>[^$]+)"
            + "(\\$(?<separator>[^$]+)\\$(?<key>[^$]+))?");

    /** Memory times {@code p}, in KiB. */
    private static final int MAX_WORK = 4 * MAX_MEMORY;

    /** Of {@code r} and {@code p}, whose product takes memory too. */
    private static final int MAX_FACTOR = 64;

    private static final int DERIVED = 64;
    private static final int AES_KEY = 32;
    private static final int AES_BLOCK = 16;

    static ScryptHash parse(String text) throws Refused {
        Matcher form = FORM.matcher(text);
        boolean isFirebase = text.startsWith("$fire");
        ImportedHash.require(
                form.matches() && isFirebase == (form.group("key") != null),
                "scrypt",
                isFirebase ? "$firescrypt$ln=,r=,p=$salt$hash$separator$key" : "$scrypt$ln=,r=,p=$salt$hash");
        int r = ImportedHash.atMost(MAX_FACTOR, form.group("r"), "scrypt", "r");
        int p = ImportedHash.atMost(MAX_FACTOR, form.group("p"), "scrypt", "p");
        // 128 bytes times N times r; with an r of 1, RFC 7914 has an N below 2^16.
        int maxN = Math.min(r == 1 ? 1 << 15 : Integer.MAX_VALUE, Math.min(MAX_MEMORY, MAX_WORK / p) * 8 / r);
        int ln = ImportedHash.atMost(maxN, form.group("ln"), "scrypt", "N");
        int n = ln < Integer.SIZE - 1 ? ImportedHash.atMost(maxN, String.valueOf(1 << ln), "scrypt", "N") : ln;
        ImportedHash.require(Integer.bitCount(n) == 1, "scrypt", "ln=, a power of two");
        byte[] salt = ImportedHash.bytes(form.group("salt"), 1, 128, "scrypt");
        byte[] hash = ImportedHash.bytes(form.group("hash"), 16, 128, "scrypt");
        if (!isFirebase) {
            return new ScryptHash(n, r, p, salt, hash, null);
        }
        byte[] key = ImportedHash.bytes(form.group("key"), 16, 128, "scrypt");
        ImportedHash.require(key.length == hash.length, "scrypt", "Firebase, with a hash as long as the key");
        byte[] separator = ImportedHash.bytes(form.group("separator"), 1, 128, "scrypt");
        return new ScryptHash(n, r, p, Arrays.concatenate(salt, separator), hash, key);
    }

    @Override
    public int memory() {
        return n * r / 8;
    }

    @Override
    public boolean matches(byte[] password) throws GeneralSecurityException {
        byte[] derived = SCrypt.generate(password, salt, n, r, p, signerKey == null ? hash.length : DERIVED);
        return MessageDigest.isEqual(signerKey == null ? derived : encryptSignerKey(derived), hash);
    }

    private byte[] encryptSignerKey(byte[] derived) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
        SecretKeySpec key = new SecretKeySpec(derived, 0, AES_KEY, "AES");
        cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(new byte[AES_BLOCK]));
        return cipher.doFinal(signerKey);
    }
}
