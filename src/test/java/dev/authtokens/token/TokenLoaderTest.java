package dev.authtokens.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.access.Caller;
import dev.authtokens.access.Role;
import dev.authtokens.harness.Await;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 3, unit = TimeUnit.MINUTES)
class TokenLoaderTest {

    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    /** Of these bytes no token begins in the database of this test. */
    private static final int UNKNOWN = 1_000_000;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final BlockingQueue<Statement> database = new LinkedBlockingQueue<>();
    private final TokenLoader reader = reader(NEVER, NEVER);

    /** A statement that the database was sent, and its answer. */
    private record Statement(List<byte[]> digests, CompletableFuture<Void> answer) {

        int size() {
            return digests.size();
        }
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void readsTheFirstAtOnceAndTogetherWhatCameMeanwhile() throws Exception {
        List<Statement> busy = occupy();
        List<CompletableFuture<Optional<TokenRow>>> checks = readAll(10, 13);
        assertTrue(database.isEmpty());
        busy.get(0).answer().complete(null);
        Statement together = sent();
        assertEquals(3, together.size());
        together.answer().complete(null);
        for (int i = 0; i < 3; i++) {
            assertEquals(10 + i, checks.get(i).join().orElseThrow().owner().userId());
        }
    }

    @Test
    void tellsUnknownTokensFromOthersOfTheStatement() throws Exception {
        List<Statement> busy = occupy();
        CompletableFuture<Optional<TokenRow>> known = reader.read(digest(5));
        CompletableFuture<Optional<TokenRow>> unknown = reader.read(digest(UNKNOWN));
        busy.get(0).answer().complete(null);
        sent().answer().complete(null);
        assertEquals(5, known.join().orElseThrow().owner().userId());
        assertEquals(Optional.empty(), unknown.join());
    }

    @Test
    void boundsTheStatement() throws Exception {
        List<Statement> busy = occupy();
        List<CompletableFuture<Optional<TokenRow>>> checks = readAll(0, TokenLoader.BATCH + 1);
        busy.get(0).answer().complete(null);
        Statement full = sent();
        assertEquals(TokenLoader.BATCH, full.size());
        full.answer().complete(null);
        Statement rest = sent();
        assertEquals(1, rest.size());
        rest.answer().complete(null);
        checks.forEach(CompletableFuture::join);
    }

    @Test
    void asksOnceForOneTokenOfManyChecks() throws Exception {
        List<Statement> busy = occupy();
        List<CompletableFuture<Optional<TokenRow>>> checks =
                List.of(reader.read(digest(7)), reader.read(digest(7)), reader.read(digest(8)), reader.read(digest(7)));
        busy.get(0).answer().complete(null);
        Statement together = sent();
        assertEquals(2, together.size());
        together.answer().complete(null);
        assertEquals(
                List.of(7L, 7L, 8L, 7L),
                checks.stream()
                        .map(check -> check.join().orElseThrow().owner().userId())
                        .toList());
    }

    @Test
    void doesNotLetChecksGatherBehindAStalledStatement() throws Exception {
        TokenLoader impatient = reader(AT_ONCE, NEVER);
        for (int i = 0; i < TokenLoader.WIDTH; i++) {
            impatient.read(digest(i));
            sent();
        }
        Thread.sleep(10);
        CompletableFuture<Optional<TokenRow>> check = impatient.read(digest(1));
        sent().answer().complete(null);
        assertTrue(check.join().isPresent());
    }

    @Test
    void readsAnewWhatCameJustBeforeAStatementFailed() throws Exception {
        List<Statement> busy = occupy();
        CompletableFuture<Optional<TokenRow>> check = reader.read(digest(1));
        busy.get(0).answer().completeExceptionally(new IllegalStateException("connection lost"));
        sent().answer().complete(null);
        assertTrue(check.join().isPresent());
    }

    @Test
    void failsWhatWaitedLongBehindAStatementThatFailed() throws Exception {
        TokenLoader impatient = reader(NEVER, AT_ONCE);
        List<Statement> busy = occupy(impatient);
        CompletableFuture<Optional<TokenRow>> check = impatient.read(digest(1));
        Thread.sleep(10);
        busy.get(0).answer().completeExceptionally(new IllegalStateException("no database"));
        assertThrows(CompletionException.class, check::join);
        assertTrue(database.isEmpty());
        // And then goes on.
        CompletableFuture<Optional<TokenRow>> later = impatient.read(digest(2));
        sent().answer().complete(null);
        assertTrue(later.join().isPresent());
    }

    @Test
    void losesNoCheckAmongMany() {
        TokenLoader quick = new TokenLoader(TokenLoaderTest::owners, null, null, threads, NEVER, NEVER);
        List<CompletableFuture<Integer>> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int client = i;
            clients.add(CompletableFuture.supplyAsync(
                    () -> (int) IntStream.range(0, 5_000)
                            .filter(n -> quick.read(digest(client * 5_000 + n))
                                            .join()
                                            .orElseThrow()
                                            .owner()
                                            .userId()
                                    == client * 5_000 + n)
                            .count(),
                    threads));
        }
        clients.forEach(client -> assertEquals(5_000, client.join()));
    }

    private TokenLoader reader(Duration stall, Duration maxQueueTime) {
        return new TokenLoader(this::find, null, null, threads, stall, maxQueueTime);
    }

    /** As many statements as there may be at a time, none of them answered. */
    private List<Statement> occupy() throws InterruptedException {
        return occupy(reader);
    }

    private List<Statement> occupy(TokenLoader reader) throws InterruptedException {
        List<Statement> statements = new ArrayList<>();
        for (int i = 0; i < TokenLoader.WIDTH; i++) {
            assertFalse(reader.read(digest(i)).isDone());
            statements.add(sent());
            assertEquals(1, statements.get(i).size());
        }
        return statements;
    }

    private List<CompletableFuture<Optional<TokenRow>>> readAll(int from, int to) {
        return IntStream.range(from, to).mapToObj(n -> reader.read(digest(n))).toList();
    }

    private Statement sent() throws InterruptedException {
        Statement statement = database.poll(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertTrue(statement != null, "no statement was sent");
        return statement;
    }

    private Map<ByteBuffer, TokenRow> find(List<byte[]> digests) {
        Statement statement = new Statement(digests, new CompletableFuture<>());
        database.add(statement);
        statement.answer().join();
        return owners(digests);
    }

    private static Map<ByteBuffer, TokenRow> owners(List<byte[]> digests) {
        Map<ByteBuffer, TokenRow> owners = new HashMap<>();
        for (byte[] digest : digests) {
            int number = ByteBuffer.wrap(digest).getInt();
            if (number != UNKNOWN) {
                owners.put(
                        ByteBuffer.wrap(digest),
                        new TokenRow(
                                new Caller(
                                        number, "user@example.com", Role.USER, Instant.EPOCH, null, UUID.randomUUID()),
                                Instant.EPOCH,
                                null,
                                null));
            }
        }
        return owners;
    }

    private static byte[] digest(int number) {
        return ByteBuffer.allocate(32).putInt(number).array();
    }
}
