package dev.authtokens.password;

import java.security.GeneralSecurityException;

/**
 * A password hash of another system, other than bcrypt: see {@code docs/migrating.md}. Its parameters are bounded, so that a
 * verification takes at most 128 MiB, and 2 s on a core that makes a bcrypt hash of cost 10 in 65 ms.
 */
sealed interface ImportedHash permits Pbkdf2Hash, Argon2Hash, ScryptHash, ShaCryptHash, SaltedDigest {

    /** Largest memory of a verification in KiB. */
    int MAX_MEMORY = 128 * 1024;

    /** Why a text is refused: a sentence that does not show the hash. */
    final class Refused extends Exception {
        private Refused(String reason) {
            super(reason, null, false, false);
        }
    }

    /** Compares a password, of up to {@link PasswordHasher#MAX_LENGTH} bytes, as the other system did. */
    boolean matches(byte[] password) throws GeneralSecurityException;

    /** Memory in KiB that a verification needs, if it is much. */
    default int memory() {
        return 0;
    }

    /** @throws Refused when the text is of no known form, or its verification would take too much */
    static ImportedHash parse(String text) throws Refused {
        if (text.startsWith("$pbkdf2-") || text.startsWith("pbkdf2_")) {
            return Pbkdf2Hash.parse(text);
        }
        if (text.startsWith("$argon2")) {
            return Argon2Hash.parse(text);
        }
        if (text.startsWith("$scrypt$") || text.startsWith("$firescrypt$")) {
            return ScryptHash.parse(text);
        }
        if (text.startsWith("$6$") || text.regionMatches(true, 0, "{CRYPT}$6$", 0, 10)) {
            return ShaCryptHash.parse(text);
        }
        if (text.regionMatches(true, 0, "{SSHA", 0, 5)) {
            return SaltedDigest.parse(text);
        }
        throw new Refused("password_hash is neither bcrypt ($2a$, $2b$, $2y$, cost 4 to 14), nor of another kind that"
                + " docs/migrating.md lists, nor one of this service with a pepper that is set.");
    }

    static void require(boolean isGood, String kind, String form) throws Refused {
        if (!isGood) {
            throw new Refused("password_hash is no " + kind + " hash of the form " + form + ".");
        }
    }

    /** @param digits a decimal number without leading zeros */
    static int atMost(int most, String digits, String kind, String parameter) throws Refused {
        if (digits.length() > 9 || Integer.parseInt(digits) > most) {
            throw new Refused("password_hash takes too much work or memory: " + kind + " with " + parameter + " over "
                    + most + ".");
        }
        return Integer.parseInt(digits);
    }

    /** Standard alphabet, padding optional. */
    static byte[] bytes(String base64, int least, int most, String kind) throws Refused {
        byte[] bytes = Base64Password.decode(base64).orElse(new byte[0]);
        if (bytes.length < least || bytes.length > most) {
            throw new Refused("password_hash of " + kind + " has a part that is no Base64 of " + least + " to " + most
                    + " bytes.");
        }
        return bytes;
    }
}
