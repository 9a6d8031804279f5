package dev.authtokens.hostile;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.authtokens.harness.RawConnection.Answer;
import dev.authtokens.harness.ServiceProcess;
import dev.authtokens.harness.SharedPostgres;
import dev.authtokens.hostile.Mutation.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/**
 * Every operation of the API with every part of a request spoilt, one at a time and then in pairs. {@code
 * -Dfuzz.cases=50000} looks longer, and {@code -Dfuzz.seed=...} at other pairs: what was found is found again with its seed.
 */
class HostileInputIT {

    /** A case that was sent, or is to be. */
    private record Case(Operation operation, List<Mutation> mutations, long seed) {}

    private static final int ATTACKERS = 4;
    private static final int MAX_FAILURES = 25;

    /** Of requests that need a token: what has none that is good stops at the door, and nothing behind it is tried. */
    private static final int LEAST_PERCENT = 5;

    private final int cases = Integer.getInteger("fuzz.cases", 3000);
    private final long seed = Long.getLong("fuzz.seed", 1);
    private final Map<Kind, LongAdder> done = new EnumMap<>(Kind.class);
    private final Map<Integer, LongAdder> answers = new ConcurrentSkipListMap<>();
    private final LongAdder needingToken = new LongAdder();
    private final LongAdder succeeded = new LongAdder();
    private final Map<String, String> failures = Collections.synchronizedMap(new TreeMap<>());

    @Test
    void answersWhateverIsSent() throws Exception {
        String database = SharedPostgres.newDatabaseWithSchema();
        try (ServiceProcess service =
                ServiceProcess.start(environment(database)).awaitReady()) {
            long begun = System.nanoTime();
            JsonNode description = new ObjectMapper()
                    .readTree(service.get("/q/openapi?format=json", null).body());
            List<Case> all = cases(Operation.of(description));
            attack(service, database, all);
            System.out.printf(
                    "Hostile input: %d cases in %d s, seed %d, by kind %s, answers %s, with success %s of %s that need a"
                            + " token%n",
                    all.size(),
                    (System.nanoTime() - begun) / 1_000_000_000,
                    seed,
                    done,
                    answers,
                    succeeded,
                    needingToken);
            assertTrue(failures.isEmpty(), () -> String.join("\n\n", failures.values()) + "\n\nSeed " + seed);
            for (Kind kind : Kind.values()) {
                assertTrue(done.get(kind).sum() >= all.size() / Kind.values().length, kind + " of " + done);
            }
            assertTrue(
                    succeeded.sum() * 100 > LEAST_PERCENT * needingToken.sum(),
                    succeeded + " of " + needingToken + " requests that need a token succeeded");
            assertTrue(service.isAlive());
            // A newer Java warns there about itself.
            assertFalse(service.errors().contains("Exception"), service.errors());
            // Whatever is logged by then is logged in whole lines.
            service.terminate();
            service.exitCode();
            checkLog(service.output());
        }
    }

    private static Map<String, String> environment(String database) {
        Map<String, String> environment = ServiceProcess.patient(ServiceProcess.database(database));
        environment.put("AUTH_TOKENS_HTTP_REQUEST_TIMEOUT", Attacker.REQUEST_TIMEOUT.toSeconds() + "s");
        // Passwords that are looked at tell more than logins that are throttled.
        environment.put("AUTH_TOKENS_THROTTLE_ADDRESS_FAILURES", "1000000");
        environment.put("AUTH_TOKENS_THROTTLE_ACCOUNT_LONGEST_DELAY", "1s");
        return environment;
    }

    /** One kind after the other, each in an order of its own; when all of one were there, it comes in pairs. */
    private List<Case> cases(List<Operation> operations) {
        Random random = new Random(seed);
        Map<Kind, List<Case>> ones = new EnumMap<>(Kind.class);
        for (Operation operation : operations) {
            for (List<Mutation> mutations : List.of(
                    BodyMutations.of(operation), TargetMutations.of(operation), HeaderMutations.of(operation))) {
                for (Mutation mutation : mutations) {
                    ones.computeIfAbsent(mutation.kind(), kind -> new ArrayList<>())
                            .add(new Case(operation, List.of(mutation), random.nextLong()));
                }
            }
        }
        Map<Kind, Queue<Case>> left = new HashMap<>();
        ones.forEach((kind, list) -> {
            Collections.shuffle(list, random);
            left.put(kind, new ArrayDeque<>(list));
            done.put(kind, new LongAdder());
        });
        List<Case> chosen = new ArrayList<>();
        while (chosen.size() < cases) {
            Kind kind = Kind.values()[chosen.size() % Kind.values().length];
            Case one = left.get(kind).poll();
            chosen.add(one != null ? one : pair(ones.get(kind), ones, random));
        }
        return chosen;
    }

    private static Case pair(List<Case> ofKind, Map<Kind, List<Case>> ones, Random random) {
        Case first = ofKind.get(random.nextInt(ofKind.size()));
        List<Case> others = ones.get(Kind.values()[random.nextInt(Kind.values().length)]).stream()
                .filter(other -> other.operation() == first.operation())
                .toList();
        List<Mutation> mutations = new ArrayList<>(first.mutations());
        if (!others.isEmpty()) {
            mutations.addAll(others.get(random.nextInt(others.size())).mutations());
        }
        return new Case(first.operation(), mutations, random.nextLong());
    }

    private void attack(ServiceProcess service, String database, List<Case> all) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(ATTACKERS);
        try {
            AtomicInteger next = new AtomicInteger();
            List<Future<?>> attackers = new ArrayList<>();
            for (int i = 0; i < ATTACKERS; i++) {
                Attacker attacker = new Attacker(service.port(), database, i);
                attackers.add(threads.submit(() -> {
                    attacker.restore();
                    for (int n = next.getAndIncrement();
                            n < all.size() && failures.size() < MAX_FAILURES;
                            n = next.getAndIncrement()) {
                        send(attacker, all.get(n));
                    }
                    attacker.close();
                    return null;
                }));
            }
            for (Future<?> attacker : attackers) {
                attacker.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void send(Attacker attacker, Case hostile) throws Exception {
        HostileRequest request = attacker.request(hostile.operation(), new Random(hostile.seed()));
        // Fields before the body that they make up.
        hostile.mutations().stream()
                .sorted(Comparator.comparing(Mutation::kind))
                .forEach(mutation -> mutation.apply(request));
        Optional<Answer> answer = Optional.empty();
        try {
            answer = attacker.send(request);
            AnswerRules.check(request, answer);
        } catch (Exception | AssertionError e) {
            attacker.close();
            failures.putIfAbsent(
                    e.getMessage() + hostile.operation() + hostile.mutations(),
                    e + "\n" + hostile.operation() + " with " + hostile.mutations() + "\n" + request + "\n=> "
                            + answer.map(Answer::toString).orElse("nothing"));
        }
        done.get(hostile.mutations().get(0).kind()).increment();
        int status = answer.map(Answer::status).orElse(0);
        answers.computeIfAbsent(status, any -> new LongAdder()).increment();
        if (hostile.operation().needsToken()) {
            needingToken.increment();
            succeeded.add(status / 100 == 2 ? 1 : 0);
        }
        if (status / 100 == 2 && !request.method.equals("GET")) {
            attacker.restore();
        }
    }

    /** Every line is one event: nobody makes a line of the log but the service. */
    private static void checkLog(String output) throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        for (String line : output.split("\n")) {
            JsonNode event = mapper.readTree(line);
            assertTrue(event.path("level").isTextual() && event.path("message").isTextual(), line);
            assertTrue(!event.path("level").asText().matches("ERROR|FATAL|FORGED"), line);
        }
    }
}
