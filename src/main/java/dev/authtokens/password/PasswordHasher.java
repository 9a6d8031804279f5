package dev.authtokens.password;

import dev.authtokens.ServiceConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.wildfly.security.password.Password;
import org.wildfly.security.password.PasswordFactory;
import org.wildfly.security.password.WildFlyElytronPasswordProvider;
import org.wildfly.security.password.interfaces.BCryptPassword;
import org.wildfly.security.password.spec.EncryptablePasswordSpec;
import org.wildfly.security.password.spec.IteratedSaltedPasswordAlgorithmSpec;
import org.wildfly.security.password.util.ModularCrypt;

/**
 * Hashes and verifies passwords with Elytron's bcrypt. bcrypt reads 72 bytes only, so it gets the Base64 form of an HMAC-SHA-256
 * of the password, keyed by the pepper: every byte counts. Stored as {@code $hmac-sha256$<pepper id>$2a$<cost>$<salt and hash>}.
 * Plain bcrypt hashes of other systems and every {@link ImportedHash} are verified as they are.
 *
 * <p>A verification takes the same work whether the account exists or not, and for hashes of a lower cost than the configured one.
 */
@Singleton
public class PasswordHasher {

    /** Longest password in bytes of UTF-8. */
    public static final int MAX_LENGTH = 1024;

    private static final int BCRYPT_BYTES = 72;
    private static final int SALT_LENGTH = 16;
    private static final int MIN_COST = 4;

    /** Of imported hashes: a higher cost takes over two seconds. */
    private static final int MAX_IMPORTED_COST = 14;

    private static final byte[] NO_PEPPER = "auth-tokens: password without pepper".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern STORED = Pattern.compile("(?:\\$hmac-sha256\\$(?<pepper>[0-9a-f]{8}))?"
            + "\\$2[aby]\\$(?<bcrypt>(?<cost>0[4-9]|1[0-6])\\$[./A-Za-z0-9]{53})");

    /** Salt and hash of bcrypt, all bits 0. */
    private static final String ZEROS = ".".repeat(53);

    private static final Verification NO_MATCH = new Verification(false, Optional.empty());

    private final int cost;
    private final String currentPepper;
    private final Map<String, byte[]> peppers = new HashMap<>();
    private final SecureRandom random = new SecureRandom();
    private final ImportedHashes importedHashes;

    /** @param renewedHash the same password with the configured cost and pepper, when those of the stored hash differ */
    public record Verification(boolean matches, Optional<String> renewedHash) {}

    @Inject
    PasswordHasher(ServiceConfig config) {
        this(
                config.password().bcryptCost(),
                config.password().pepper(),
                config.password().previousPeppers().orElse(List.of()));
    }

    public PasswordHasher(int cost, Optional<String> pepper, List<String> previousPeppers) {
        this(cost, pepper, previousPeppers, Runtime.getRuntime().maxMemory() / 2);
    }

    /** @param memory in bytes, that verifications of imported hashes may take together: else half of the heap */
    PasswordHasher(int cost, Optional<String> pepper, List<String> previousPeppers, long memory) {
        this.cost = cost;
        this.importedHashes = new ImportedHashes(memory);
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
            PasswordFactory factory = PasswordFactory.getInstance(
                    BCryptPassword.ALGORITHM_BCRYPT, WildFlyElytronPasswordProvider.getInstance());
            Password hashed = factory.generatePassword(new EncryptablePasswordSpec(
                    RawBytes.toChars(keyed(password, currentPepper)),
                    new IteratedSaltedPasswordAlgorithmSpec(cost, salt),
                    RawBytes.CHARSET));
            return "$hmac-sha256$" + currentPepper + ModularCrypt.encodeAsString(hashed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * @param password null when what the client sent cannot be decoded: same work, no match
     * @param stored null when there is no account: same work, no match
     */
    public Verification verify(byte[] password, String stored) {
        boolean possible = password != null && password.length > 0 && password.length <= MAX_LENGTH && stored != null;
        byte[] guess = possible ? password : new byte[1];
        Matcher hash = STORED.matcher(stored == null ? "" : stored);
        if (!hash.matches() || !hasPepperOf(hash)) {
            return verifyImported(guess, possible, stored);
        }
        String pepper = hash.group("pepper");
        byte[] hashed = pepper == null ? guess : keyed(guess, pepper);
        boolean matches = RawBytes.matches(hashed, "$2a$" + hash.group("bcrypt")) && possible;
        int storedCost = Integer.parseInt(hash.group("cost"));
        if (!matches) {
            // 2^n + 2^n + 2^(n+1) + ... + 2^(m-1) = 2^m: a hash of an older cost must not answer faster.
            for (int step = storedCost; step < cost; step++) {
                work(step);
            }
            return NO_MATCH;
        }
        boolean current = storedCost == cost && currentPepper.equals(pepper);
        // Whatever follows the bytes that bcrypt reads was not verified, so such a password is not hashed anew.
        boolean whole = pepper != null || password.length <= BCRYPT_BYTES;
        return new Verification(true, current || !whole ? Optional.empty() : Optional.of(hash(password)));
    }

    /** Why an import must not bring this hash, as a sentence; empty when {@link #verify} can verify it in bounded time. */
    public Optional<String> refusal(String stored) {
        Matcher hash = STORED.matcher(stored);
        if (hash.matches() && hasPepperOf(hash)) {
            boolean isCostly = hash.group("pepper") == null && Integer.parseInt(hash.group("cost")) > MAX_IMPORTED_COST;
            return isCostly
                    ? Optional.of(
                            "password_hash takes too much work: bcrypt with a cost over " + MAX_IMPORTED_COST + ".")
                    : Optional.empty();
        }
        try {
            ImportedHash.parse(stored);
            return Optional.empty();
        } catch (ImportedHash.Refused e) {
            return Optional.of(e.getMessage());
        }
    }

    private boolean hasPepperOf(Matcher hash) {
        return hash.group("pepper") == null || peppers.containsKey(hash.group("pepper"));
    }

    private Verification verifyImported(byte[] guess, boolean possible, String stored) {
        Optional<ImportedHash> imported = Optional.ofNullable(stored).flatMap(importedHashes::find);
        if (imported.isEmpty()) {
            work(cost);
            return NO_MATCH;
        }
        long begin = System.nanoTime();
        if (importedHashes.matches(imported.get(), guess) && possible) {
            return new Verification(true, Optional.of(hash(guess)));
        }
        fillUp(System.nanoTime() - begin);
        return NO_MATCH;
    }

    /**
     * Adds the work that is missing to one verification of the configured cost, in hashes of lower and lower cost. They are timed
     * as they are made, so that it fits the machine and its load.
     */
    private void fillUp(long nanos) {
        long whole = 1L << (cost - MIN_COST);
        long begin = System.nanoTime();
        work(MIN_COST);
        long done = 1;
        for (int step = cost - 1; step >= MIN_COST; step--) {
            long each = Math.max(1, (System.nanoTime() - begin) / done);
            long more = 1L << (step - MIN_COST);
            if (nanos / each + done + more <= whole) {
                work(step);
                done += more;
            }
        }
    }

    /** The work of one verification of the given cost, without a result. */
    private void work(int dummyCost) {
        String dummy = String.format(Locale.ROOT, "$2a$%02d$%s", dummyCost, ZEROS);
        RawBytes.matches(keyed(new byte[1], currentPepper), dummy);
    }

    private byte[] keyed(byte[] password, String pepper) {
        return Base64.getEncoder().withoutPadding().encode(hmac(peppers.get(pepper), password));
    }

    /** The id of a pepper is a one-way function of it, so that it can be stored with the hash. */
    private String add(byte[] pepper) {
        String id = HexFormat.of().formatHex(hmac(pepper, utf8("auth-tokens: id of this pepper")), 0, 4);
        peppers.put(id, pepper);
        return id;
    }

    /** HMAC-SHA-256. */
    public static byte[] hmac(byte[] key, byte[] message) {
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
