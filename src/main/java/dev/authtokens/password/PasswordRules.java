package dev.authtokens.password;

import com.nulabinc.zxcvbn.Zxcvbn;
import dev.authtokens.ServiceConfig;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import jakarta.inject.Singleton;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Rules for new passwords (NIST SP 800-63B-4, section 3.1.1.2): a minimum length, and neither common nor derived from the
 * e-mail address or the name of the service. There are no composition rules.
 */
@Singleton
public class PasswordRules {

    private static final List<String> SERVICE_NAMES = List.of("auth-tokens", "authtokens", "giantswarm", "giant swarm");

    /** Minimum number of guesses by zxcvbn's estimate, as a power of ten; common passwords and their variants are far below. */
    private static final double MIN_GUESSES_LOG10 = 8;

    /** Characters that are estimated: the estimate takes long for long passwords, which are strong enough by then. */
    private static final int ESTIMATED_LENGTH = 64;

    private final int minLength;

    /** Its word lists are large and rarely needed: loaded at the first use, released when memory is short. */
    private SoftReference<Zxcvbn> estimate = new SoftReference<>(null);

    PasswordRules(ServiceConfig config) {
        this.minLength = config.password().minLength();
    }

    /** Why the password of this account is refused, as a sentence for people; empty when it is accepted. */
    public Optional<String> refusal(byte[] password, String email) {
        if (password.length > PasswordHasher.MAX_LENGTH) {
            return Optional.of("The password is longer than " + PasswordHasher.MAX_LENGTH + " bytes.");
        }
        Optional<String> text = utf8(password);
        if (text.isEmpty()) {
            return Optional.of("The password is not UTF-8.");
        }
        String written = text.get();
        if (written.codePointCount(0, written.length()) < minLength) {
            return Optional.of("The password is shorter than " + minLength + " characters.");
        }
        String estimated = written.substring(0, Math.min(written.length(), ESTIMATED_LENGTH));
        if (estimate().measure(estimated, namesOf(email)).getGuessesLog10() < MIN_GUESSES_LOG10) {
            return Optional.of("The password is easy to guess: it is common, repeats itself, or is made of the e-mail"
                    + " address or the name of the service.");
        }
        return Optional.empty();
    }

    /**
     * The password that was sent in Base64.
     *
     * @throws Problem {@code INVALID_INPUT} that says why it is refused
     */
    byte[] requireAcceptable(String base64, String email) {
        byte[] password = Base64Password.decode(base64)
                .orElseThrow(() -> new Problem(ProblemCode.INVALID_INPUT, "The password is not Base64."));
        refusal(password, email).ifPresent(reason -> {
            throw new Problem(ProblemCode.INVALID_INPUT, reason);
        });
        return password;
    }

    private synchronized Zxcvbn estimate() {
        Zxcvbn known = estimate.get();
        if (known == null) {
            known = new Zxcvbn();
            estimate = new SoftReference<>(known);
        }
        return known;
    }

    private static List<String> namesOf(String email) {
        List<String> names = new ArrayList<>(SERVICE_NAMES);
        String canonical = EmailAddress.canonical(email);
        names.add(canonical);
        names.addAll(Arrays.asList(canonical.split("[@.+_-]")));
        return names;
    }

    private static Optional<String> utf8(byte[] bytes) {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return Optional.of(text.toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
