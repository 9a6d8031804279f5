package dev.authtokens.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenLifetimeTest {

    private static final Instant NOW = Instant.parse("2026-03-29T01:00:00Z");

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, delimiter = '|', textBlock = """
            lifespan | idle | unused | age                  | since last use       | over
                     |      |        | PT0S                 |                      | false
                     |      |        | P36500D              |                      | false
                     |      |        | P36500D              | P36499D              | false
            PT1H     |      |        | PT0S                 |                      | false
            PT1H     |      |        | PT59M59.999999999S   |                      | false
            PT1H     |      |        | PT1H                 |                      | true
            PT1H     |      |        | PT1H0.000000001S     |                      | true
            PT1H     |      |        | PT59M59.999999999S   | PT0S                 | false
            PT1H     |      |        | PT1H                 | PT0S                 | true
                     | PT1H |        | PT59M59.999999999S   |                      | false
                     | PT1H |        | PT1H                 |                      | true
                     | PT1H |        | PT1H0.000000001S     |                      | true
                     | PT1H |        | P365D                | PT59M59.999999999S   | false
                     | PT1H |        | P365D                | PT1H                 | true
                     | PT1H |        | P365D                | PT1H0.000000001S     | true
                     |      | PT1H   | PT59M59.999999999S   |                      | false
                     |      | PT1H   | PT1H                 |                      | true
                     |      | PT1H   | PT1H0.000000001S     |                      | true
                     |      | PT1H   | PT1H                 | PT1H                 | false
                     |      | PT1H   | P365D                | P364D                | false
            P1D      | PT1H |        | PT23H59M59.999999999S | PT59M59.999999999S  | false
            P1D      | PT1H |        | P1D                  | PT0S                 | true
            P1D      | PT1H |        | PT2H                 | PT1H                 | true
            P1D      | PT2H | PT1H   | PT1H                 |                      | true
            P1D      | PT2H | PT1H   | PT1H                 | PT1H                 | false
            P1D      | PT1H | PT2H   | PT1H                 |                      | true
            """)
    void expiresExactlyWhenTheFirstSpanHasPassed(
            Duration lifespan, Duration idle, Duration unused, Duration age, Duration sinceUse, boolean over) {
        TokenLifetime life = new TokenLifetime(
                Optional.ofNullable(lifespan), Optional.ofNullable(idle), Optional.ofNullable(unused));
        Instant lastUsedAt = sinceUse == null ? null : NOW.minus(sinceUse);
        assertEquals(over, isExpired(life, NOW.minus(age), lastUsedAt, NOW));
    }

    private static boolean isExpired(TokenLifetime life, Instant createdAt, Instant lastUsedAt, Instant now) {
        return life.expiresAt(createdAt, lastUsedAt, null)
                .filter(end -> !now.isBefore(end))
                .isPresent();
    }

    @Test
    void neverEndsByDefault() {
        TokenLifetime life = new TokenLifetime(Optional.empty(), Optional.empty(), Optional.empty());
        assertFalse(isExpired(life, Instant.EPOCH, null, Instant.MAX));
        assertFalse(isExpired(life, Instant.EPOCH, Instant.EPOCH, Instant.MAX));
    }

    @Test
    void aTokenFromTheFutureIsGood() {
        Optional<Duration> hour = Optional.of(Duration.ofHours(1));
        assertFalse(isExpired(new TokenLifetime(hour, hour, hour), NOW.plusSeconds(5), null, NOW));
    }

    @Test
    void cutoffsAgreeWithExpiry() {
        Random random = new Random(1);
        int over = 0;
        int rounds = 20_000;
        for (int round = 0; round < rounds; round++) {
            TokenLifetime life = new TokenLifetime(span(random), span(random), span(random));
            Instant createdAt = time(random);
            Instant lastUsedAt = random.nextBoolean() ? null : time(random);
            boolean isOver = isExpired(life, createdAt, lastUsedAt, NOW);
            int failed = round;
            assertEquals(
                    isOver,
                    isCutOff(life.cutoffs(NOW, NOW), createdAt, lastUsedAt),
                    () -> "round " + failed + ": " + life + " " + createdAt + " " + lastUsedAt);
            over += isOver ? 1 : 0;
        }
        assertTrue(over > rounds / 10 && over < rounds * 9 / 10, over + " are over");
    }

    private static boolean isCutOff(TokenLifetime.Cutoffs cutoffs, Instant createdAt, Instant lastUsedAt) {
        return !createdAt.isAfter(cutoffs.created())
                || !(lastUsedAt == null ? createdAt : lastUsedAt).isAfter(cutoffs.used())
                || (lastUsedAt == null && !createdAt.isAfter(cutoffs.createdUnused()));
    }

    private static Optional<Duration> span(Random random) {
        return random.nextInt(3) == 0 ? Optional.empty() : Optional.of(Duration.ofMinutes(1 + random.nextInt(8)));
    }

    /** On a minute or one nanosecond beside it, so that the boundary is hit often. */
    private static Instant time(Random random) {
        return NOW.minus(Duration.ofMinutes(random.nextInt(10))).plusNanos(random.nextInt(3) - 1);
    }
}
