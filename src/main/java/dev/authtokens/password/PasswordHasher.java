package dev.authtokens.password;

import dev.authtokens.ServiceConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jboss.logging.Logger;
import org.wildfly.security.password.Password;
import org.wildfly.security.password.PasswordFactory;
import org.wildfly.security.password.WildFlyElytronPasswordProvider;
import org.wildfly.security.password.interfaces.BCryptPassword;
import org.wildfly.security.password.spec.EncryptablePasswordSpec;
import org.wildfly.security.password.spec.IteratedSaltedPasswordAlgorithmSpec;
import org.wildfly.security.password.util.ModularCrypt;

/**
 * Hashes and verifies passwords with Elytron's bcrypt. Every byte of a password counts.
 *
 * <p>bcrypt reads 72 bytes, so it gets the Base64 form of an HMAC-SHA-256 of the password, keyed by the pepper. The stored
 * text names the scheme, the pepper and the cost: {@code $hmac-sha256$<pepper id>$2a$<cost>$<salt and hash>}. Plain bcrypt
 * hashes of other systems ({@code $2a$}, {@code $2b$}, {@code $2y$}, cost 4 to 16) are verified as they are.
 *
 * <p>A verification takes the same work whether the account exists or not, and for stored hashes of a lower cost than the
 * configured one.
 */
@Singleton
public class PasswordHasher {

    /** Longest password in bytes of UTF-8. */
    public static final int MAX_LENGTH = 1024;

    private static final Logger LOG = Logger.getLogger(PasswordHasher.class);
    private static final int BCRYPT_BYTES = 72;
    private static final int SALT_LENGTH = 16;
    private static final int HASH_LENGTH = 23;
    private static final byte[] NO_PEPPER = "auth-tokens: password without pepper".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern STORED = Pattern.compile("(?:\\$hmac-sha256\\$(?<pepper>[0-9a-f]{8}))?"
            + "\\$2[aby]\\$(?<bcrypt>(?<cost>0[4-9]|1[0-6])\\$[./A-Za-z0-9]{53})");

    private final int cost;
    private final String currentPepper;
    private final Map<String, byte[]> peppers = new LinkedHashMap<>();
    private final SecureRandom random = new SecureRandom();
    private final WildFlyElytronPasswordProvider provider = WildFlyElytronPasswordProvider.getInstance();

    /**
     * What a verification found.
     *
     * @param renewedHash the same password with the configured cost and pepper, when those of the stored hash differ
     */
    public record Verification(boolean matches, Optional<String> renewedHash) {}

    @Inject
    PasswordHasher(ServiceConfig config) {
        this(
                config.password().bcryptCost(),
                config.password().pepper(),
                config.password().previousPeppers().orElse(List.of()));
    }

    public PasswordHasher(int cost, Optional<String> pepper, List<String> previousPeppers) {
        this.cost = cost;
        this.currentPepper = add(pepper.map(PasswordHasher::utf8).orElse(NO_PEPPER));
        add(NO_PEPPER);
        previousPeppers.forEach(previous -> add(utf8(previous)));
    }

    public int cost() {
        return cost;
    }

    /** The text to store for a password of at most {@link #MAX_LENGTH} bytes. */
    public String hash(byte[] password) {
        byte[] salt = new byte[SALT_LENGTH];
        random.nextBytes(salt);
        try {
            PasswordFactory factory = factory();
            Password hashed = factory.generatePassword(new EncryptablePasswordSpec(
                    keyed(password, currentPepper), new IteratedSaltedPasswordAlgorithmSpec(cost, salt)));
            return "$hmac-sha256$" + currentPepper + ModularCrypt.encodeAsString(hashed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Compares a password with a stored hash.
     *
     * @param password null when what the client sent cannot be decoded: same work, no match
     * @param stored null when there is no account: same work, no match
     */
    public Verification verify(byte[] password, String stored) {
        boolean possible = password != null && password.length > 0 && password.length <= MAX_LENGTH && stored != null;
        Matcher hash = STORED.matcher(stored == null ? "" : stored);
        if (!hash.matches() || (hash.group("pepper") != null && !peppers.containsKey(hash.group("pepper")))) {
            if (stored != null) {
                LOG.warn(
                        "The stored password hash of an account has an unknown pepper or scheme, so nobody can log in to"
                                + " it. Set auth-tokens.password.previous-peppers, or set a new password for the account");
            }
            work(cost);
            return new Verification(false, Optional.empty());
        }
        byte[] guess = possible ? password : new byte[1];
        boolean matches = matches(guess, hash.group("pepper"), "$2a$" + hash.group("bcrypt")) && possible;
        int storedCost = Integer.parseInt(hash.group("cost"));
        if (!matches) {
            // 2^n + 2^n + 2^(n+1) + ... + 2^(m-1) = 2^m: a hash of an older cost must not answer faster.
            for (int step = storedCost; step < cost; step++) {
                work(step);
            }
            return new Verification(false, Optional.empty());
        }
        boolean current = storedCost == cost && currentPepper.equals(hash.group("pepper"));
        // Whatever follows the bytes that bcrypt reads was not verified, so such a password is not hashed anew.
        boolean whole = hash.group("pepper") != null || password.length <= BCRYPT_BYTES;
        return new Verification(true, current || !whole ? Optional.empty() : Optional.of(hash(password)));
    }

    /** Whether a stored hash is of a scheme, cost and pepper that {@link #verify} knows. */
    public boolean canVerify(String stored) {
        Matcher hash = STORED.matcher(stored);
        return hash.matches() && (hash.group("pepper") == null || peppers.containsKey(hash.group("pepper")));
    }

    private boolean matches(byte[] password, String pepper, String modularCrypt) {
        try {
            PasswordFactory factory = factory();
            Password hashed = factory.translate(ModularCrypt.decode(modularCrypt));
            return pepper == null
                    ? factory.verify(hashed, RawBytes.toChars(password), RawBytes.CHARSET)
                    : factory.verify(hashed, keyed(password, pepper));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The work of one verification of the given cost, without a result. */
    private void work(int dummyCost) {
        try {
            PasswordFactory factory = factory();
            Password dummy = factory.translate(BCryptPassword.createRaw(
                    BCryptPassword.ALGORITHM_BCRYPT, new byte[HASH_LENGTH], new byte[SALT_LENGTH], dummyCost));
            factory.verify(dummy, keyed(new byte[1], currentPepper));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private PasswordFactory factory() throws GeneralSecurityException {
        return PasswordFactory.getInstance(BCryptPassword.ALGORITHM_BCRYPT, provider);
    }

    private char[] keyed(byte[] password, String pepper) {
        byte[] digest = hmac(peppers.get(pepper), password);
        return Base64.getEncoder().withoutPadding().encodeToString(digest).toCharArray();
    }

    /** The id of a pepper is a one-way function of it, so that it can be stored with the hash. */
    private String add(byte[] pepper) {
        String id = HexFormat.of().formatHex(hmac(pepper, utf8("auth-tokens: id of this pepper")), 0, 4);
        peppers.put(id, pepper);
        return id;
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
