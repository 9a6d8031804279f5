package dev.authtokens.password;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * SHA-512-crypt (crypt(5)) of Elytron: {@code $6$salt$hash} or {@code $6$rounds=656000$salt$hash}.
 *
 * @param text without the {@code {CRYPT}} that LDAP puts before it
 */
record ShaCryptHash(String text) implements ImportedHash {

    /** The last character has two bits of the hash. */
    private static final Pattern FORM =
            Pattern.compile("((?i:\\{CRYPT}))?(?<text>\\$6\\$(rounds=(?<rounds>[1-9][0-9]{3,})\\$)?"
                    + "[!-#%-9;-~]{1,16}\\$[./0-9A-Za-z]{85}[./01])");

    /** Those that a password of {@link #MAX_LENGTH} takes within two seconds. */
    private static final int MAX_ROUNDS = 700_000;

    /** Each round hashes the password, so that a long guess would tell by its time that there is such a hash. */
    private static final int MAX_LENGTH = 128;

    static ShaCryptHash parse(String text) throws Refused {
        Matcher form = FORM.matcher(text);
        ImportedHash.require(form.matches(), "SHA-512-crypt", "$6$salt$hash or $6$rounds=number$salt$hash");
        if (form.group("rounds") != null) {
            ImportedHash.atMost(MAX_ROUNDS, form.group("rounds"), "SHA-512-crypt", "rounds");
        }
        return new ShaCryptHash(form.group("text"));
    }

    @Override
    public boolean matches(byte[] password) {
        boolean isTooLong = password.length > MAX_LENGTH;
        return RawBytes.matches(isTooLong ? new byte[1] : password, text) && !isTooLong;
    }
}
