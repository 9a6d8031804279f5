package dev.authtokens.user;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wildfly.security.password.PasswordFactory;
import org.wildfly.security.password.WildFlyElytronPasswordProvider;
import org.wildfly.security.password.interfaces.BCryptPassword;
import org.wildfly.security.password.spec.EncryptablePasswordSpec;
import org.wildfly.security.password.spec.IteratedSaltedPasswordAlgorithmSpec;

/** The published vectors are in {@link PasswordHasherTest}. */
class BcryptTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 55, 71, 72, 73, 200})
    void hashesAsElytronDoes(int length) throws Exception {
        Random random = new Random(length);
        byte[] salt = new byte[Bcrypt.SALT_LENGTH];
        random.nextBytes(salt);
        StringBuilder password = new StringBuilder();
        for (int i = 0; i < length; i++) {
            // Elytron normalises its text: nothing that this changes.
            password.append((char) (random.nextBoolean() ? 1 + random.nextInt(0x7e) : 0xc0 + random.nextInt(0x40)));
        }
        for (int cost = 4; cost < 7; cost++) {
            PasswordFactory elytron = PasswordFactory.getInstance(
                    BCryptPassword.ALGORITHM_BCRYPT, WildFlyElytronPasswordProvider.getInstance());
            BCryptPassword expected = (BCryptPassword) elytron.generatePassword(new EncryptablePasswordSpec(
                    password.toString().toCharArray(),
                    new IteratedSaltedPasswordAlgorithmSpec(cost, salt),
                    StandardCharsets.UTF_8));
            assertArrayEquals(
                    expected.getHash(),
                    Bcrypt.hash(cost, salt, password.toString().getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void beginsAsTheFractionOfPi() throws Exception {
        try (InputStream digits = Bcrypt.class.getResourceAsStream("pi.hex")) {
            String hex = new String(digits.readAllBytes(), StandardCharsets.US_ASCII).replace("\n", "");
            // Machin's formula, with some bits to spare.
            int bits = hex.length() * 4 + 64;
            BigInteger pi = arctanOfInverse(5, bits)
                    .multiply(BigInteger.valueOf(16))
                    .subtract(arctanOfInverse(239, bits).multiply(BigInteger.valueOf(4)));
            assertEquals("3" + hex, pi.shiftRight(64).toString(16));
        }
    }

    private static BigInteger arctanOfInverse(int x, int bits) {
        BigInteger power = BigInteger.ONE.shiftLeft(bits).divide(BigInteger.valueOf(x));
        BigInteger sum = power;
        for (int n = 3; power.signum() != 0; n += 2) {
            power = power.divide(BigInteger.valueOf((long) x * x)).negate();
            sum = sum.add(power.divide(BigInteger.valueOf(n)));
        }
        return sum;
    }

    @Test
    void refusesWhatIsNotACostOrASalt() {
        byte[] salt = new byte[Bcrypt.SALT_LENGTH];
        assertThrows(IllegalArgumentException.class, () -> Bcrypt.hash(3, salt, salt));
        assertThrows(IllegalArgumentException.class, () -> Bcrypt.hash(32, salt, salt));
        assertThrows(IllegalArgumentException.class, () -> Bcrypt.hash(4, new byte[15], salt));
    }
}
