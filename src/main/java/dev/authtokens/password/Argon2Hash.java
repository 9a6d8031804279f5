package dev.authtokens.password;

import java.security.MessageDigest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Argon2id version 1.3 (RFC 9106) of Bouncy Castle: {@code $argon2id$v=19$m=KiB,t=passes,p=lanes$salt$hash}.
 *
 * @param memory in KiB, as {@link ImportedHash#memory}
 */
record Argon2Hash(int memory, int passes, int lanes, byte[] salt, byte[] hash) implements ImportedHash {

    private static final Pattern FORM = Pattern.compile("\\$argon2id\\$v=19\\$m=(?<memory>[1-9][0-9]*)"
            + ",t=(?<passes>[1-9][0-9]*),p=(?<lanes>[1-9][0-9]*)\\$(?<salt>[^$]+)\\$(?<hash>[^$]+)");

    /** Memory times passes, in KiB. */
    private static final int MAX_WORK = 8 * MAX_MEMORY;

    static Argon2Hash parse(String text) throws Refused {
        Matcher form = FORM.matcher(text);
        ImportedHash.require(form.matches(), "Argon2id", "$argon2id$v=19$m=memory,t=passes,p=lanes$salt$hash");
        int memory = ImportedHash.atMost(MAX_MEMORY, form.group("memory"), "Argon2id", "memory (m)");
        int passes = ImportedHash.atMost(MAX_WORK / memory, form.group("passes"), "Argon2id", "passes (t)");
        // RFC 9106, section 3.1: at least 8 KiB for each lane.
        int lanes = ImportedHash.atMost(memory / 8, form.group("lanes"), "Argon2id", "lanes (p)");
        byte[] salt = ImportedHash.bytes(form.group("salt"), 8, 128, "Argon2id");
        byte[] hash = ImportedHash.bytes(form.group("hash"), 16, 64, "Argon2id");
        return new Argon2Hash(memory, passes, lanes, salt, hash);
    }

    @Override
    public boolean matches(byte[] password) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memory)
                .withIterations(passes)
                .withParallelism(lanes)
                .withSalt(salt)
                .build());
        byte[] guess = new byte[hash.length];
        generator.generateBytes(password, guess);
        return MessageDigest.isEqual(guess, hash);
    }
}
