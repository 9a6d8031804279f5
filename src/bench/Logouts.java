import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Logouts per second at some numbers of replicas, from 16 clients that share them. */
final class Logouts {

    private static final int CLIENTS = 16;
    private static final long FIRST = 400_000_000;

    private Logouts() {}

    /** @param args numbers of replicas; prints a rate for each */
    public static void main(String[] args) throws Exception {
        Service.firstLogin(Service.JVM);
        for (String replicas : args) {
            System.out.printf("%s replicas: %.0f logouts/s%n", replicas, rate(Integer.parseInt(replicas), 10));
        }
    }

    static double rate(int replicas, int seconds) throws Exception {
        List<Service> services = new ArrayList<>();
        try {
            for (int i = 0; i < replicas; i++) {
                services.add(Service.start(Service.JVM, Service.PORT + i, Map.of()).awaitAnswer());
            }
            // More than can be used up.
            Tokens.insert(FIRST, 5_000L * (seconds + 10), 0);
            AtomicLong next = new AtomicLong(FIRST);
            return Rate.of(CLIENTS, seconds, end -> {
                int count = 0;
                while (System.nanoTime() < end) {
                    long number = next.getAndIncrement();
                    if (services.get((int) (number % replicas)).tryLogOut(Tokens.of(number))) {
                        count++;
                    }
                }
                return count;
            });
        } finally {
            for (Service service : services) {
                service.close();
            }
            // As it was, but for tokens that every other measurement inserts again.
            Tokens.sql("truncate auth_tokens");
        }
    }
}
