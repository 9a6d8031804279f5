package dev.authtokens.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RevocationNewsTest {

    @Test
    void namesTokensAndAccounts() {
        RevocationNews news = RevocationNews.of(List.of("tokens 00ff 0a", "account 7", "tokens 01", "account 7"));
        assertEquals(3, news.digests().size());
        assertArrayEquals(new byte[] {0, -1}, news.digests().get(0));
        assertEquals(Set.of(7L), news.accounts());
        assertFalse(news.everything());
    }

    @Test
    void isEmptyWithoutMessages() {
        assertFalse(RevocationNews.of(List.of()).everything());
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "", "tokens", "tokens 0", "tokens xx", "account ", "account x", "other 1"})
    void isAboutEverythingWhenItSaysSoOrCannotBeRead(String message) {
        assertTrue(RevocationNews.of(List.of("account 1", message)).everything());
    }

    @Test
    void isAboutEverythingWhenThereIsMoreThanCanBeLookedFor() {
        assertFalse(RevocationNews.of(Collections.nCopies(RevocationNews.MOST, "account 1"))
                .everything());
        assertTrue(RevocationNews.of(Collections.nCopies(RevocationNews.MOST + 1, "account 1"))
                .everything());
    }
}
