package dev.authtokens.user;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import java.util.List;
import java.util.Map;
import org.wildfly.security.password.Password;
import org.wildfly.security.password.PasswordFactorySpi;
import org.wildfly.security.password.interfaces.BCryptPassword;
import org.wildfly.security.password.spec.EncryptablePasswordSpec;
import org.wildfly.security.password.spec.IteratedSaltedPasswordAlgorithmSpec;

/** Has {@link Bcrypt} behind Elytron's {@code PasswordFactory}: for hashing with a given salt and cost, and for verifying. */
final class BcryptProvider extends Provider {

    private static final String ALGORITHM = BCryptPassword.ALGORITHM_BCRYPT;

    BcryptProvider() {
        super("auth-tokens", "1", "bcrypt");
        putService(new Service(this, "PasswordFactory", ALGORITHM, Factory.class.getName(), List.of(), Map.of()) {
            @Override
            public Object newInstance(Object parameter) {
                return new Factory();
            }
        });
    }

    private static final class Factory extends PasswordFactorySpi {

        @Override
        protected Password engineGeneratePassword(String algorithm, KeySpec spec) throws InvalidKeySpecException {
            if (spec instanceof EncryptablePasswordSpec clear
                    && clear.getAlgorithmParameterSpec() instanceof IteratedSaltedPasswordAlgorithmSpec with) {
                byte[] hash = Bcrypt.hash(
                        with.getIterationCount(), with.getSalt(), bytes(clear.getPassword(), clear.getHashCharset()));
                return BCryptPassword.createRaw(ALGORITHM, hash, with.getSalt(), with.getIterationCount());
            }
            throw new InvalidKeySpecException();
        }

        @Override
        protected boolean engineVerify(String algorithm, Password password, char[] guess) throws InvalidKeyException {
            return engineVerify(algorithm, password, guess, StandardCharsets.UTF_8);
        }

        @Override
        protected boolean engineVerify(String algorithm, Password password, char[] guess, Charset charset)
                throws InvalidKeyException {
            BCryptPassword stored = bcrypt(password);
            byte[] hash = Bcrypt.hash(stored.getIterationCount(), stored.getSalt(), bytes(guess, charset));
            return MessageDigest.isEqual(hash, stored.getHash());
        }

        private static byte[] bytes(char[] password, Charset charset) {
            return new String(password).getBytes(charset);
        }

        private static BCryptPassword bcrypt(Password password) throws InvalidKeyException {
            if (password instanceof BCryptPassword stored) {
                return stored;
            }
            throw new InvalidKeyException();
        }

        @Override
        protected boolean engineIsTranslatablePassword(String algorithm, Password password) {
            return password instanceof BCryptPassword;
        }

        @Override
        protected Password engineTranslatePassword(String algorithm, Password password) throws InvalidKeyException {
            return bcrypt(password);
        }

        @Override
        protected <S extends KeySpec> S engineGetKeySpec(String algorithm, Password password, Class<S> type)
                throws InvalidKeySpecException {
            throw new InvalidKeySpecException();
        }

        @Override
        protected <S extends KeySpec> boolean engineConvertibleToKeySpec(
                String algorithm, Password password, Class<S> type) {
            return false;
        }

        @Override
        protected Password engineTransform(String algorithm, Password password, AlgorithmParameterSpec parameters)
                throws InvalidKeyException {
            throw new InvalidKeyException();
        }
    }
}
