import java.lang.reflect.Constructor;
import java.security.Provider;
import org.wildfly.security.password.PasswordFactory;
import org.wildfly.security.password.interfaces.BCryptPassword;
import org.wildfly.security.password.spec.EncryptablePasswordSpec;
import org.wildfly.security.password.spec.IteratedSaltedPasswordAlgorithmSpec;

/** Verifications per second of a bcrypt of cost 10 behind Elytron's factory with nothing around it, on every core. */
class BareHash {

    /** The arguments of {@code main}: Elytron's own, and ours. */
    static final String ELYTRON = "org.wildfly.security.password.WildFlyElytronPasswordProvider";

    static final String OWN = "dev.authtokens.user.BcryptProvider";

    /** @param args the class of the provider, and for how many seconds */
    public static void main(String[] args) throws Exception {
        Constructor<?> constructor = Class.forName(args[0]).getDeclaredConstructor();
        constructor.setAccessible(true);
        PasswordFactory factory = PasswordFactory.getInstance(
                BCryptPassword.ALGORITHM_BCRYPT, (Provider) constructor.newInstance());
        char[] password = "correct horse battery".toCharArray();
        var stored = factory.generatePassword(new EncryptablePasswordSpec(
                password, new IteratedSaltedPasswordAlgorithmSpec(10, new byte[BCryptPassword.BCRYPT_SALT_SIZE])));
        int cores = Runtime.getRuntime().availableProcessors();
        System.out.println(Rate.of(cores, Integer.parseInt(args[1]), end -> {
            int count = 0;
            for (; System.nanoTime() < end; count++) {
                if (!factory.verify(stored, password)) {
                    throw new IllegalStateException("It does not verify");
                }
            }
            return count;
        }));
    }
}
