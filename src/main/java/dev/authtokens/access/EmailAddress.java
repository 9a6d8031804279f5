package dev.authtokens.access;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An e-mail address in its display form and in the canonical form that identifies the account, whatever the letters' case or
 * Unicode form. A {@code +} and dots are part of the address.
 *
 * @param displayForm as it was entered, without surrounding white space, at most 254 characters (RFC 5321, section 4.5.3.1.3)
 * @param canonical NFKC and lower case
 */
public record EmailAddress(String displayForm, String canonical) {

    public static final int MAX_LENGTH = 254;

    /** One {@code @} between two parts of visible characters; U+FFFD stands for bytes that were no UTF-8. */
    private static final Pattern SHAPE = Pattern.compile("[^@\\p{C}\\p{Z}\ufffd]{1,64}@[^@\\p{C}\\p{Z}\ufffd]+");

    /** Empty when the text is no e-mail address that an account can have. */
    public static Optional<EmailAddress> parse(String text) {
        String displayForm = text == null ? "" : text.strip();
        if (displayForm.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String canonical = canonical(displayForm);
        boolean acceptable = SHAPE.matcher(canonical).matches()
                && SHAPE.matcher(displayForm).matches()
                && canonical.length() <= MAX_LENGTH
                && canonical.equals(canonical(canonical));
        return acceptable ? Optional.of(new EmailAddress(displayForm, canonical)) : Optional.empty();
    }

    /** The canonical form of an address, or of the beginning of one. */
    public static String canonical(String text) {
        String folded = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        // The lower case of a Greek sigma depends on what follows it.
        return Normalizer.normalize(folded.replace('\u03c2', '\u03c3'), Normalizer.Form.NFKC);
    }
}
