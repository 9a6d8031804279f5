import org.wildfly.security.password.PasswordFactory;
import org.wildfly.security.password.WildFlyElytronPasswordProvider;
import org.wildfly.security.password.interfaces.BCryptPassword;
import org.wildfly.security.password.spec.EncryptablePasswordSpec;
import org.wildfly.security.password.spec.IteratedSaltedPasswordAlgorithmSpec;

/** Verifications per second of Elytron's bcrypt of cost 10 with nothing around it, on every core. */
class BareHash {

    /** @param args for how many seconds */
    public static void main(String[] args) throws Exception {
        PasswordFactory factory = PasswordFactory.getInstance(
                BCryptPassword.ALGORITHM_BCRYPT, WildFlyElytronPasswordProvider.getInstance());
        char[] password = "correct horse battery".toCharArray();
        var stored = factory.generatePassword(new EncryptablePasswordSpec(
                password, new IteratedSaltedPasswordAlgorithmSpec(10, new byte[BCryptPassword.BCRYPT_SALT_SIZE])));
        int cores = Runtime.getRuntime().availableProcessors();
        System.out.println(Rate.of(cores, Integer.parseInt(args[0]), end -> {
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
