package dev.authtokens.password;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nulabinc.zxcvbn.Zxcvbn;
import dev.authtokens.ServiceConfig;
import dev.authtokens.access.EmailAddress;
import dev.authtokens.problem.Problem;
import dev.authtokens.problem.ProblemCode;
import jakarta.inject.Singleton;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Rules for new passwords (NIST SP 800-63B-4, section 3.1.1.2): a minimum length, neither common nor derived from the e-mail
 * address or the name of the service, and not in the list of leaked ones, if there is one. There are no composition rules.
 */
@Singleton
public class PasswordRules {

    private static final List<String> SERVICE_NAMES = List.of("auth-tokens", "authtokens", "giantswarm", "giant swarm");

    /** Minimum number of guesses by zxcvbn's estimate, as a power of ten; common passwords and their variants are far below. */
    private static final double MIN_GUESSES_LOG10 = 8;

    /**
     * Characters that are estimated. The work grows with the square of their number, and with what may stand for letters ({@code 4},
     * {@code @}): with 32 it is at most that of some password hashes.
     */
    private static final int ESTIMATED_LENGTH = 32;

    private final int minLength;
    private final Optional<LeakedPasswords> leaked;

    /** Its word lists are large and rarely needed: loaded at the first use, released when memory is short. */
    private SoftReference<Zxcvbn> estimate = new SoftReference<>(null);

    PasswordRules(ServiceConfig config) {
        this.minLength = config.password().minLength();
        this.leaked = config.password().leakedList().map(LeakedPasswords::new);
    }

    /** Why the password of this account is refused, as a sentence for people; empty when it is accepted. */
    public Optional<String> refusal(byte[] password, String email) {
        if (password.length > PasswordHasher.MAX_LENGTH) {
            return Optional.of("The password is longer than " + PasswordHasher.MAX_LENGTH + " bytes.");
        }
        String text = new String(password, UTF_8);
        if (!Arrays.equals(text.getBytes(UTF_8), password)) {
            return Optional.of("The password is not UTF-8.");
        }
        if (text.codePointCount(0, text.length()) < minLength) {
            return Optional.of("The password is shorter than " + minLength + " characters.");
        }
        String estimated = text.substring(0, Math.min(text.length(), ESTIMATED_LENGTH));
        if (estimate().measure(estimated, namesOf(email)).getGuessesLog10() < MIN_GUESSES_LOG10) {
            return Optional.of("The password is easy to guess: it is common, repeats itself, or is made of the e-mail"
                    + " address or the name of the service.");
        }
        if (leaked.isPresent() && leaked.get().contains(password)) {
            return Optional.of("The password is in the list of passwords that leaked elsewhere.");
        }
        return Optional.empty();
    }

    /** @throws Problem {@code INVALID_INPUT} that says why the password is refused */
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
}
