package dev.authtokens.token;

import dev.authtokens.database.Statements;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalPropertiesReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Milliseconds that it takes to write down a batch of a thousand last uses, of tokens all over the table. */
public class LastUseBatch {

    private static final int BATCHES = 30;

    public static void main(String[] args) throws Exception {
        long tokens = Long.parseLong(args[0]);
        try (AgroalDataSource dataSource = AgroalDataSource.from(new AgroalPropertiesReader()
                .readProperties(Map.of(
                        "maxSize", "1",
                        "jdbcUrl", System.getenv("QUARKUS_DATASOURCE_JDBC_URL"),
                        "principal", System.getenv("QUARKUS_DATASOURCE_USERNAME"),
                        "credential", System.getenv("QUARKUS_DATASOURCE_PASSWORD"))))) {
            LastUse lastUse = new LastUse(new Statements(dataSource));
            double[] millis = new double[BATCHES];
            for (int i = 0; i < BATCHES; i++) {
                for (int use = 0; use < 1000; use++) {
                    lastUse.record(digest(ThreadLocalRandom.current().nextLong(tokens)), Instant.now());
                }
                long begin = System.nanoTime();
                lastUse.write();
                millis[i] = (System.nanoTime() - begin) / 1e6;
            }
            Arrays.sort(millis);
            System.out.println(millis[BATCHES / 2]);
        }
    }

    /** As the tokens of the benchmark are made from their number. */
    private static byte[] digest(long number) throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        return sha256.digest(sha256.digest(("bench " + number).getBytes(StandardCharsets.UTF_8)));
    }
}
