package dev.authtokens.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.CuttableProxy;
import dev.authtokens.harness.CuttableProxy.Way;
import dev.authtokens.harness.PgBouncer;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Two replicas on one database, while the readings of the revocation log are cut, delayed and healed: random logins, checks,
 * logouts, password changes, expiries and deletions, with every answer compared with a model.
 *
 * <p>{@code -Drevocations.steps=100000} makes it long, {@code -Drevocations.seed=...} makes other choices.
 */
@Isolated("It bounds the time until a revocation is known.")
@Tag("any-runtime")
class RevocationIT {

    private static final int STEPS = Integer.getInteger("revocations.steps", 3000);
    private static final long SEED = Long.getLong("revocations.seed", 1);

    /** How long after the answer to a change the other replica may still answer as before. */
    private static final Duration LATEST = Duration.ofSeconds(1);

    /** How exactly a replica knows the clock of the database, which decides what has expired, on a machine that is busy. */
    private static final Duration CLOCK_PRECISION = Duration.ofMillis(100);

    /** At least so many logouts are followed to the other replica, however often the choices of a run cut the readings. */
    private static final int FOLLOWED = STEPS / 50;

    private static final int ACCOUNTS = 6;
    private static final int CHECKERS = 2;
    private static final String ADMIN = "admin@example.com";
    private static final String PASSWORD = "correct horse battery";

    private final Random random = new Random(SEED);
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Account> accounts = new ArrayList<>();
    private final List<Token> tokens = new CopyOnWriteArrayList<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final List<Long> lags = new ArrayList<>();
    private final AtomicLong checks = new AtomicLong();
    private final Map<String, Integer> done = new HashMap<>();
    private final List<ServiceProcess> replicas = new ArrayList<>();
    private final List<CuttableProxy> ways = new ArrayList<>();
    private volatile boolean finished;
    private int cuts;
    private int silentUntil;
    private String admin;
    private String database;

    /** What is true about a token, and since when; while a change is under way, nothing is certain. */
    private record Truth(boolean good, Instant until, boolean certain, int by, long since) {

        /** Whether the replica must know it. */
        boolean isSettled(int replica, long nanoTime) {
            return certain && (by == replica || by == -1 || nanoTime - since > LATEST.toNanos());
        }
    }

    private static final class Account {
        final String email;
        String password = PASSWORD;
        Instant expires;

        Account(String email) {
            this.email = email;
        }
    }

    private static final class Token {
        final String secret;
        final Account account;
        volatile Truth truth = new Truth(true, null, true, -1, 0);

        Token(String secret, Account account) {
            this.secret = secret;
            this.account = account;
        }
    }

    @Test
    void aTokenIsGoodUntilItsEndAndNoLonger() throws Exception {
        try (Postgres postgres = Postgres.start()) {
            database = postgres.newDatabase();
            for (int i = 0; i < 2; i++) {
                CuttableProxy way = new CuttableProxy(postgres.port(), "pg_snapshot");
                ways.add(way);
                String url = database.replace(":" + postgres.port() + "/", ":" + way.port() + "/");
                Map<String, String> environment =
                        ServiceProcess.patient(ServiceProcess.withAdministrator(url, ADMIN, PASSWORD));
                // A connection that was cut may be used before it is found out.
                environment.put("QUARKUS_DATASOURCE_JDBC_ADDITIONAL_JDBC_PROPERTIES_SOCKETTIMEOUT", "10");
                replicas.add(ServiceProcess.start(environment).awaitReady());
            }
            admin = replicas.get(0).token(ADMIN, PASSWORD);
            run();
        } finally {
            replicas.forEach(ServiceProcess::close);
            for (CuttableProxy way : ways) {
                way.close();
            }
        }
    }

    /** PgBouncer of Debian 12 does not track prepared statements, so the driver must not use them. */
    @Test
    void behindAPoolerInTransactionModeTheCacheIsTrustedAndNoTokenOutlivesItsRevocation(@TempDir Path folder)
            throws Exception {
        try (Postgres postgres = Postgres.start()) {
            database = postgres.newDatabase();
            try (PgBouncer pooler = PgBouncer.start(postgres, folder)) {
                String url = database.replace(":" + postgres.port() + "/", ":" + pooler.port() + "/");
                for (int i = 0; i < 2; i++) {
                    replicas.add(ServiceProcess.start(ServiceProcess.patient(
                                    ServiceProcess.withAdministrator(url + "?prepareThreshold=0", ADMIN, PASSWORD)))
                            .awaitReady());
                }
                for (ServiceProcess replica : replicas) {
                    awaitTrust(replica);
                }
                for (int i = 0; i < 30; i++) {
                    Token token = new Token(replicas.get(0).token(ADMIN, PASSWORD), null);
                    assertEquals(200, status(1, token));
                    expect(200, send(0, "DELETE", Api.TOKENS, token.secret, null));
                    assertEquals(401, status(0, token));
                    long revoked = System.nanoTime();
                    long asked = revoked;
                    while (status(1, token) == 200) {
                        assertTrue(asked - revoked < LATEST.toNanos());
                        asked = System.nanoTime();
                    }
                }
                assertTrue(replicas.get(1).metric("cache_gets_total{cache=\"tokens\",result=\"hit\"}") > 0);
            }
        } finally {
            replicas.forEach(ServiceProcess::close);
        }
    }

    private static void awaitTrust(ServiceProcess replica) {
        Await.until(replica::output, () -> replica.metric("auth_tokens_cache_trusted") == 1);
    }

    private void run() throws Exception {
        System.out.printf("Revocations: seed %d, %d steps%n", SEED, STEPS);
        while (accounts.size() < ACCOUNTS) {
            create();
        }
        accounts.forEach(this::logIn);
        List<Thread> checkers = new ArrayList<>();
        for (int i = 0; i < CHECKERS; i++) {
            Random choice = new Random(SEED + i + 1);
            checkers.add(new Thread(() -> {
                while (!finished && wrong.isEmpty()) {
                    try {
                        check(any(choice), choice.nextInt(2));
                    } catch (RuntimeException e) {
                        wrong.add(e.toString());
                    }
                }
            }));
        }
        checkers.forEach(Thread::start);
        for (int step = 0; step < STEPS && wrong.isEmpty(); step++) {
            step(step);
        }
        ways.forEach(way -> way.be(Way.OPEN));
        cuts = 0;
        while (lags.size() < FOLLOWED && wrong.isEmpty()) {
            logIn(accounts.get(0));
            logOut(random.nextInt(2));
        }
        finished = true;
        for (Thread checker : checkers) {
            checker.join();
        }
        Collections.sort(lags);
        System.out.printf(
                "Revocations: %d checks beside %s; known to the other replica after ms: p50 %.1f, p99 %.1f, max %.1f%n",
                checks.get(), done, lag(0.5), lag(0.99), lag(1));
        assertEquals(List.of(), List.copyOf(wrong), "seed " + SEED);
        assertCacheWasUsed();
    }

    private double lag(double share) {
        return lags.isEmpty() ? Double.NaN : lags.get((int) Math.ceil(share * lags.size()) - 1) / 1e6;
    }

    /** Without this, two replicas that always ask the database would pass. */
    private void assertCacheWasUsed() {
        for (int replica = 0; replica < 2; replica++) {
            double hits = replicas.get(replica).metric("cache_gets_total{cache=\"tokens\",result=\"hit\"}");
            assertTrue(hits > checks.get() / 100.0, hits + " of " + checks.get() + " checks");
        }
    }

    private void step(int step) throws Exception {
        int choice = random.nextInt(1000);
        int by = random.nextInt(2);
        Account account = accounts.get(random.nextInt(accounts.size()));
        Token token = any(random);
        if (choice < 40) {
            logIn(account);
        } else if (choice < 80) {
            logOut(by);
        } else if (choice < 90) {
            changePassword(account, by);
        } else if (choice < 100) {
            expire(account, random.nextBoolean() ? null : Instant.now().plusMillis(random.nextInt(4000) - 2000), by);
        } else if (choice < 102) {
            delete(account, by);
        } else if (choice < 117) {
            cut(step, by, random.nextInt(6));
        } else {
            check(token, by);
        }
    }

    private Token any(Random choice) {
        Token[] all = tokens.toArray(Token[]::new);
        return all[choice.nextInt(all.length)];
    }

    private void count(String kind) {
        done.merge(kind, 1, Integer::sum);
    }

    private void create() {
        Account account = new Account("user-" + random.nextLong() + "@example.com");
        String body = "{\"password\":\"" + Api.base64(PASSWORD) + "\"}";
        expect(201, send(0, "PUT", "/v4/users/" + account.email + "/", admin, body));
        accounts.add(account);
    }

    private void logIn(Account account) {
        if (account.expires != null && account.expires.isBefore(Instant.now().plusSeconds(5))) {
            expire(account, null, 0);
        }
        count("logins");
        Token token = new Token(replicas.get(random.nextInt(2)).token(account.email, account.password), account);
        token.truth = new Truth(true, account.expires, true, -1, 0);
        tokens.add(token);
        if (tokens.size() > 60) {
            tokens.remove(0);
        }
    }

    private void logOut(int by) {
        List<Token> good = tokens.stream().filter(token -> isValid(token, by)).toList();
        if (good.isEmpty()) {
            return;
        }
        Token token = good.get(random.nextInt(good.size()));
        count("logouts");
        change(List.of(token), false, by, () -> expect(200, send(by, "DELETE", Api.TOKENS, token.secret, null)));
        if (cuts == 0) {
            long acknowledged = token.truth.since();
            long asked = acknowledged;
            while (status(1 - by, token) == 200) {
                // When it was asked counts: the answer may take as long as it likes.
                if (asked - acknowledged > LATEST.toNanos()) {
                    wrong.add("accepted on the other replica more than 1 s after the logout");
                    return;
                }
                asked = System.nanoTime();
            }
            lags.add(System.nanoTime() - acknowledged);
        }
    }

    private void changePassword(Account account, int by) {
        Token kept = tokens.stream()
                .filter(token -> token.account == account && isValid(token, by))
                .findAny()
                .orElse(null);
        if (kept == null) {
            return;
        }
        count("changes of passwords");
        String password = "correct horse battery " + random.nextInt();
        String body = "{\"current_password_base64\":\"" + Api.base64(account.password) + "\",\"new_password_base64\":\""
                + Api.base64(password) + "\"}";
        List<Token> others = of(account);
        others.remove(kept);
        change(others, false, by, () -> {
            expect(202, send(by, "POST", "/v4/users/" + account.email + "/password/", kept.secret, body));
            account.password = password;
        });
    }

    private void expire(Account account, Instant expires, int by) {
        count("expiries");
        Instant exact = expires == null ? null : expires.truncatedTo(ChronoUnit.MILLIS);
        String body = "{\"expiry\":\"" + (exact == null ? "0001-01-01T00:00:00Z" : exact) + "\"}";
        account.expires = exact;
        change(
                of(account),
                true,
                by,
                () -> expect(200, send(by, "PATCH", "/v4/users/" + account.email + "/", admin, body)));
    }

    private void delete(Account account, int by) {
        count("deletions");
        change(
                of(account),
                false,
                by,
                () -> expect(200, send(by, "DELETE", "/v4/users/" + account.email + "/", admin, null)));
        accounts.remove(account);
        create();
        logIn(accounts.get(accounts.size() - 1));
    }

    private void cut(int step, int replica, int how) {
        if (step < silentUntil) {
            return;
        }
        count("cuts and repairs");
        switch (how) {
            case 0 -> {
                ways.get(replica).be(Way.SILENT);
                // Some seconds: longer than the cache is trusted without a reading.
                silentUntil = step + 200;
            }
            case 1 -> ways.get(replica).be(Way.CLOSED);
            case 2 ->
                Postgres.query(
                        database,
                        "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_snapshot%' and pid <> pg_backend_pid()");
            default -> ways.forEach(way -> way.be(Way.OPEN));
        }
        // A connection that was silent may take a moment to be replaced.
        cuts = how > 2 ? 0 : cuts + 1;
    }

    /** The account's tokens that were not ended for good. */
    private List<Token> of(Account account) {
        return new ArrayList<>(tokens.stream()
                .filter(token -> token.account == account && token.truth.good())
                .toList());
    }

    private static boolean isValid(Token token, int replica) {
        Truth truth = token.truth;
        return truth.good()
                && truth.isSettled(replica, System.nanoTime())
                && (truth.until() == null || truth.until().isAfter(Instant.now().plusSeconds(3)));
    }

    private static void change(List<Token> changed, boolean good, int by, Runnable change) {
        changed.forEach(token -> token.truth = new Truth(good, null, false, by, 0));
        change.run();
        long now = System.nanoTime();
        changed.forEach(token -> token.truth = new Truth(good, token.account.expires, true, by, now));
    }

    private void check(Token token, int replica) {
        Truth before = token.truth;
        Instant asked = Instant.now();
        long askedNanos = System.nanoTime();
        int status = status(replica, token);
        Instant answered = Instant.now();
        checks.incrementAndGet();
        if (token.truth != before || !before.isSettled(replica, askedNanos)) {
            return;
        }
        boolean over =
                before.until() != null && !before.until().plus(CLOCK_PRECISION).isAfter(asked);
        boolean mayEnd =
                before.until() != null && !before.until().minus(CLOCK_PRECISION).isAfter(answered);
        if (status == 200 && (!before.good() || over)) {
            wrong.add("accepted on replica " + replica + ": " + before + " at " + askedNanos);
        } else if (status == 401 && before.good() && !mayEnd) {
            wrong.add("refused on replica " + replica + ": " + before + " at " + askedNanos);
        } else if (status != 200 && status != 401) {
            wrong.add("answered " + status);
        }
    }

    private int status(int replica, Token token) {
        return send(replica, "GET", "/v4/auth-tokens/verify/", token.secret, null)
                .statusCode();
    }

    private static void expect(int status, HttpResponse<String> answer) {
        assertEquals(status, answer.statusCode(), answer.body());
    }

    private HttpResponse<String> send(int replica, String method, String path, String token, String body) {
        URI uri = replicas.get(replica).uri(path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Await.PATIENCE)
                .header("Authorization", "giantswarm " + token)
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (Exception e) {
            throw new IllegalStateException(method + " " + uri, e);
        }
    }
}
