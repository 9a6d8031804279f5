package dev.authtokens.authentication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BasicAuthenticationTest {

    @Test
    void remembersABoundedNumberOfPasswords() {
        BasicAuthentication credentials = new BasicAuthentication(null, null, null, null);
        IntStream.range(0, 3000).forEach(i -> credentials.matchedHashes.put("seal " + i, "hash"));
        credentials.matchedHashes.cleanUp();
        assertEquals(1000, credentials.matchedHashes.estimatedSize());
    }
}
