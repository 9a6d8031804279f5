package dev.authtokens.harness;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Logins, checks and logouts at some replicas, without a pause, compared with what was acknowledged: the token of a login is
 * accepted until its logout is under way, and refused once that has been acknowledged.
 */
public final class TokenLoad implements AutoCloseable {

    /** How long after the answer to a logout the other replicas may still accept the token. */
    public static final Duration LATEST = Duration.ofSeconds(1);

    /** So many good answers in a row show that the service is back. */
    private static final int IN_A_ROW = 5;

    private static final int KEPT = 20;

    private final List<ServiceProcess> replicas;
    private final String email;
    private final String password;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Queue<Token> tokens = new ConcurrentLinkedQueue<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicInteger logins = new AtomicInteger();
    private final AtomicInteger logouts = new AtomicInteger();
    private final AtomicInteger checks = new AtomicInteger();
    private final List<Answers> answers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    private enum State {
        VALID,
        /** A logout was sent. */
        UNCERTAIN,
        REVOKED
    }

    private static final class Token {
        final String secret;
        volatile State state = State.VALID;
        volatile int revokedBy;
        volatile long revokedAt;

        Token(String secret) {
            this.secret = secret;
        }
    }

    /** The answers of one replica to one kind of request. */
    private static final class Answers {

        private record Answer(long at, boolean isValid) {}

        private final List<Answer> all = new ArrayList<>();

        synchronized void add(boolean isValid) {
            all.add(new Answer(System.nanoTime(), isValid));
        }

        synchronized void clear() {
            all.clear();
        }

        /** Time from a moment until the first good answer after the last failure; -1 while there are not enough good ones. */
        synchronized long timeWithoutService(long since) {
            List<Answer> later =
                    all.stream().filter(answer -> answer.at() > since).toList();
            int first = later.size();
            while (first > 0 && later.get(first - 1).isValid()) {
                first--;
            }
            return later.size() - first < IN_A_ROW ? -1 : later.get(first).at() - since;
        }
    }

    public TokenLoad(List<ServiceProcess> replicas, String email, String password) {
        this.replicas = replicas;
        this.email = email;
        this.password = password;
    }

    public TokenLoad start() {
        for (int i = 0; i < replicas.size(); i++) {
            int replica = i;
            Answers ofLogins = newAnswers();
            Answers ofChecks = newAnswers();
            repeat(() -> ofLogins.add(logIn(replica)), 20);
            repeat(() -> checkAny(replica, ofChecks), 5);
            repeat(() -> logOutAny(replica), 100);
        }
        return this;
    }

    private Answers newAnswers() {
        Answers made = new Answers();
        answers.add(made);
        return made;
    }

    private interface Action {
        void run() throws Exception;
    }

    private void repeat(Action action, int pauseMillis) {
        Thread thread = new Thread(() -> {
            while (!stopped) {
                try {
                    action.run();
                    Thread.sleep(pauseMillis);
                } catch (Exception | Error e) {
                    wrong.add(e.toString());
                    return;
                }
            }
        });
        threads.add(thread);
        thread.start();
    }

    private boolean logIn(int replica) throws Exception {
        HttpResponse<String> answer = replicas.get(replica).login(email, password);
        if (answer.statusCode() != 200) {
            return false;
        }
        tokens.add(new Token(ServiceProcess.tokenOf(answer)));
        logins.incrementAndGet();
        return true;
    }

    private void checkAny(int replica, Answers ofChecks) throws Exception {
        Token token = any(tokens);
        if (token == null) {
            return;
        }
        int status = check(replica, token);
        if (status != 401 && token.state == State.VALID) {
            ofChecks.add(status == 200);
        }
    }

    /** One of the latest, which are in the caches, or of all. */
    private static Token any(Collection<Token> tokens) {
        Token[] all = tokens.toArray(Token[]::new);
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int from = random.nextBoolean() ? 0 : Math.max(0, all.length - KEPT);
        return all.length == 0 ? null : all[random.nextInt(from, all.length)];
    }

    private int check(int replica, Token token) throws Exception {
        State before = token.state;
        long asked = System.nanoTime();
        int status = send(replica, "GET", "/v4/auth-tokens/verify/", token);
        checks.incrementAndGet();
        if (before == State.VALID && token.state == State.VALID && status == 401) {
            wrong.add("a login was lost: refused by replica " + replica);
        }
        boolean mustKnow = token.revokedBy == replica || asked - token.revokedAt > LATEST.toNanos();
        if (before == State.REVOKED && mustKnow && status == 200) {
            wrong.add("a logout was lost: accepted by replica " + replica);
        }
        return status;
    }

    /** Sent until it is acknowledged; 401 then means that one before was carried out. */
    private void logOutAny(int replica) throws Exception {
        List<Token> valid =
                tokens.stream().filter(token -> token.state == State.VALID).toList();
        if (valid.size() < KEPT) {
            return;
        }
        Token token = any(valid);
        synchronized (token) {
            if (token.state != State.VALID) {
                return;
            }
            token.state = State.UNCERTAIN;
            int status = send(replica, "DELETE", Api.TOKENS, token);
            if (status == 401) {
                wrong.add("a login was lost: its logout is refused by replica " + replica);
            }
            while (status != 200 && status != 401) {
                Thread.sleep(20);
                status = send(replica, "DELETE", Api.TOKENS, token);
            }
            token.revokedBy = replica;
            token.revokedAt = System.nanoTime();
            token.state = State.REVOKED;
            logouts.incrementAndGet();
        }
    }

    private int send(int replica, String method, String path, Token token) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(replicas.get(replica).uri(path))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Await.PATIENCE)
                .header("Authorization", "giantswarm " + token.secret)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    /** Waits until so many more logins and logouts are acknowledged. */
    public void await(int moreLogins, int moreLogouts) {
        int loginsBefore = logins.get();
        int logoutsBefore = logouts.get();
        Await.until(
                () -> "too few logins or logouts: " + summary(),
                () -> !wrong.isEmpty()
                        || (logins.get() >= loginsBefore + moreLogins && logouts.get() >= logoutsBefore + moreLogouts));
    }

    /** Forgets when answers came until now. */
    public void beginRound() {
        answers.forEach(Answers::clear);
    }

    /** Waits until every replica answers logins and checks again, and returns the longest time without that. */
    public Duration awaitService(long since) {
        Await.until(
                () -> "not serving again: " + summary(),
                () -> !wrong.isEmpty() || answers.stream().allMatch(each -> each.timeWithoutService(since) >= 0));
        return Duration.ofNanos(answers.stream()
                .mapToLong(each -> each.timeWithoutService(since))
                .max()
                .orElseThrow());
    }

    /** Checks every token at every replica; one that is not available is asked again. */
    public void checkAll() throws Exception {
        for (Token token : tokens) {
            for (int replica = 0; replica < replicas.size() && wrong.isEmpty(); replica++) {
                while (check(replica, token) == 503) {
                    ServiceProcess.pause();
                }
            }
        }
    }

    /** Lost logins, lost logouts and failures of the load itself. */
    public List<String> wrong() {
        return List.copyOf(wrong);
    }

    public String summary() {
        return logins + " logins, " + logouts + " logouts, " + checks + " checks, wrong: " + wrong;
    }

    @Override
    public void close() {
        stopped = true;
        for (Thread thread : threads) {
            try {
                thread.join(Await.PATIENCE.toMillis());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
