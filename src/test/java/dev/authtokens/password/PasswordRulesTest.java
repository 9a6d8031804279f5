package dev.authtokens.password;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.ConfigValidationTest;
import dev.authtokens.harness.Accounts;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("It compares times.")
class PasswordRulesTest {

    /** All that may stand for letters, several times. */
    private static final byte[] COSTLY =
            "4@({[<69!1|7$5+abcegilost4@({[<69!1|7$5+xzqwpdfghabcdefghijklmno".getBytes(UTF_8);

    private final PasswordRules rules = new PasswordRules(ConfigValidationTest.read(Map.of()));

    /** Both take a permit for hashing, and whoever has an account can ask for this one. */
    @Test
    void anEstimateTakesNoLongerThanSomeHashes() {
        long hash = shortest(() -> Accounts.hasher().hash(COSTLY));
        long estimate = shortest(() -> rules.refusal(COSTLY, "andy@example.com"));
        assertTrue(estimate < 4 * hash, estimate + " ns, " + hash + " ns for a hash");
    }

    /** Of this thread alone: neither what else the machine does nor a garbage collection counts. */
    private static long shortest(Runnable work) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return LongStream.range(0, 7)
                .map(i -> {
                    long start = threads.getCurrentThreadCpuTime();
                    work.run();
                    return threads.getCurrentThreadCpuTime() - start;
                })
                .min()
                .orElseThrow();
    }
}
