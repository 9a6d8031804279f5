package dev.authtokens.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.authtokens.access.AuthorizationHeader.Basic;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizationHeaderTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "giantswarm abc",
                "Giantswarm abc",
                "GiantSwarm abc",
                "GIANTSWARM abc",
                "bearer abc",
                "Bearer abc",
                "BEARER abc",
                "bEaReR abc",
                "giantswarm  abc",
                "Bearer      abc",
                "Bearer abc ",
                "Bearer abc \t ",
                "  Bearer abc",
            })
    void readsTheTokenOfBothSchemesInAnyCase(String header) {
        assertEquals(Optional.of("abc"), AuthorizationHeader.token(header));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"gsa_a-b_c", "a+b/c=", "a.b~c", "ABC", "bearer", "a,b", "00000000-0000-0000-0000-000000000000"})
    void leavesTheTokenAsItIs(String token) {
        assertEquals(Optional.of(token), AuthorizationHeader.token("giantswarm " + token));
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                " ",
                "abc",
                "Basic dXNlcjpwYXNz",
                "Digest abc",
                "Token abc",
                "giantswarm",
                "Bearer",
                "Bearer ",
                "Bearer    ",
                "Bearerabc",
                "Bearer:abc",
                "Bearer: abc",
                "Bearer=abc",
                "xBearer abc",
                "giant swarm abc",
                "giantswarm abc def",
                "Bearer abc Bearer def",
                "Bearer abc, Bearer def",
                "Basic Bearer abc",
                "Bearer\tabc",
                "Bearer \tabc",
                "Bearer\t abc",
                "Bearer abc\tdef",
                "Bearer\nabc",
                "Bearer abc\r\nX: y",
                "Bearer\u00a0abc",
                "Bearer\u3000abc",
                "\uff22earer abc",
            })
    void refusesAnythingElse(String header) {
        assertEquals(Optional.empty(), AuthorizationHeader.token(header));
    }

    /** The e-mail address tells whether both are form-encoded: an {@code @} never is left by that. */
    @ParameterizedTest
    @CsvSource({
        "a@example.com:p%40ss+word, a@example.com, p%40ss+word",
        "a%40example.com:p%40ss+word, a@example.com, p@ss word",
        "a%40example.com:100%25%2B, a@example.com, 100%+",
        "a%2Bb%40example.com:x:y, a+b@example.com, x:y",
        "a%40b@example.com:%25, a%40b@example.com, %25",
        "a%2540b%40example.com:%2525, a%40b@example.com, %25",
        "a%40example.com:100%, a%40example.com, 100%",
        "nobody:secret, nobody, secret",
        "a@example.com:, a@example.com, ''",
        ":, '', ''"
    })
    void readsCredentialsAsTheyAreAndFormEncoded(String pair, String email, String password) {
        Basic basic = AuthorizationHeader.basic(
                        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)))
                .orElseThrow();
        assertEquals(email, basic.email());
        assertEquals(password, new String(basic.password(), StandardCharsets.UTF_8));
    }
}
