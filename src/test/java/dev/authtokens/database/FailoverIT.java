package dev.authtokens.database;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.authtokens.harness.DatabaseCluster;
import dev.authtokens.harness.MovingAddress;
import dev.authtokens.harness.Patroni;
import dev.authtokens.harness.ReplicatedPostgres;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.TokenLoad;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The primary is killed and its synchronous standby promoted, under load at two replicas: no acknowledged login or logout is
 * lost. The time without service is printed.
 *
 * <p>{@code -Dfailovers=50} makes it long.
 */
@Tag("any-runtime")
class FailoverIT {

    private static final int FAILOVERS = Integer.getInteger("failovers", 1);
    private static final String ADMIN = "admin@example.com";
    private static final String PASSWORD = "correct horse battery";

    private final List<ServiceProcess> replicas = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        replicas.forEach(ServiceProcess::close);
    }

    @Test
    void toTheOtherHostOfTheUrl() throws Exception {
        try (ReplicatedPostgres cluster = new ReplicatedPostgres(folder)) {
            failOver(
                    "several hosts",
                    cluster,
                    "localhost:" + cluster.ports().get(0) + ",localhost:"
                            + cluster.ports().get(1));
        }
    }

    @Test
    void behindOneAddressThatMoves() throws Exception {
        try (ReplicatedPostgres cluster = new ReplicatedPostgres(folder);
                MovingAddress address = new MovingAddress(cluster)) {
            failOver("one address", cluster, "localhost:" + address.port());
        }
    }

    @Test
    @EnabledIfSystemProperty(
            named = "failovers",
            matches = ".+",
            disabledReason = "A node takes 20 seconds to come back")
    void byPatroni() throws Exception {
        try (Patroni cluster = new Patroni(folder);
                MovingAddress address = new MovingAddress(cluster, cluster.probes())) {
            failOver("Patroni", cluster, "localhost:" + address.port());
        }
    }

    private void failOver(String name, DatabaseCluster cluster, String hosts) throws Exception {
        for (int i = 0; i < 2; i++) {
            replicas.add(ServiceProcess.start(
                    ServiceProcess.withAdministrator("jdbc:postgresql://" + hosts + "/postgres", ADMIN, PASSWORD)));
        }
        replicas.forEach(ServiceProcess::awaitReady);
        List<Duration> times = new ArrayList<>();
        try (TokenLoad load = new TokenLoad(replicas, ADMIN, PASSWORD).start()) {
            load.await(20, 3);
            for (int i = 0; i < FAILOVERS && load.wrong().isEmpty(); i++) {
                if (i > 0) {
                    cluster.heal();
                    load.await(5, 2);
                }
                load.beginRound();
                times.add(load.awaitService(cluster.failOver()));
                load.await(5, 2);
                load.checkAll();
            }
            Collections.sort(times);
            System.out.printf(
                    "Fail-over, %s: %d times; without service after the promotion, ms: p50 %d, p99 %d, longest %d; %s%n",
                    name, times.size(), share(times, 0.5), share(times, 0.99), share(times, 1), load.summary());
            assertEquals(List.of(), load.wrong());
        }
    }

    private static long share(List<Duration> sorted, double share) {
        return sorted.get((int) Math.ceil(share * sorted.size()) - 1).toMillis();
    }
}
