import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import org.wildfly.security.password.PasswordFactory;
import org.wildfly.security.password.WildFlyElytronPasswordProvider;
import org.wildfly.security.password.interfaces.BCryptPassword;
import org.wildfly.security.password.spec.EncryptablePasswordSpec;
import org.wildfly.security.password.spec.IteratedSaltedPasswordAlgorithmSpec;

/** Verifications per second of Elytron's bcrypt of cost 10 with nothing around it, on every core. */
class BareHash {

    public static void main(String[] args) throws Exception {
        int cores = Runtime.getRuntime().availableProcessors();
        PasswordFactory factory =
                PasswordFactory.getInstance(BCryptPassword.ALGORITHM_BCRYPT, new WildFlyElytronPasswordProvider());
        char[] password = "correct horse battery".toCharArray();
        var stored = factory.generatePassword(new EncryptablePasswordSpec(
                password, new IteratedSaltedPasswordAlgorithmSpec(10, new byte[BCryptPassword.BCRYPT_SALT_SIZE])));
        ExecutorService threads = Executors.newFixedThreadPool(cores);
        double rate = 0;
        // The first round warms up.
        for (int round = 0; round < 2; round++) {
            long begin = System.nanoTime();
            long end = begin + (round == 0 ? 5 : Long.parseLong(args[0])) * 1_000_000_000;
            List<Future<Integer>> counts = new ArrayList<>();
            for (int i = 0; i < cores; i++) {
                Callable<Integer> verifications = () -> {
                    int count = 0;
                    for (; System.nanoTime() < end; count++) {
                        if (!factory.verify(stored, password)) {
                            throw new IllegalStateException("It does not verify");
                        }
                    }
                    return count;
                };
                counts.add(threads.submit(verifications));
            }
            int all = 0;
            for (Future<Integer> count : counts) {
                all += count.get();
            }
            rate = all / ((System.nanoTime() - begin) / 1e9);
        }
        threads.shutdown();
        System.out.println(rate);
    }
}
