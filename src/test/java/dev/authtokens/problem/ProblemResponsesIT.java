package dev.authtokens.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.RawConnection;
import dev.authtokens.harness.RawConnection.Answer;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusIntegrationTest
@Execution(ExecutionMode.SAME_THREAD)
class ProblemResponsesIT extends ProblemResponsesTest {

    /** The service changes how Vert.x answers these when it is started by {@code Main} only. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "431 | HEADERS_TOO_LARGE | GET /v4/auth-tokens/verify/ HTTP/1.1,Host: localhost,Cookie: a={32}",
                "431 | HEADERS_TOO_LARGE | GET / HTTP/1.1,Cookie: a={32},Host: localhost",
                "414 | URI_TOO_LONG      | GET /v4/auth-tokens/verify/{16} HTTP/1.1,Host: localhost",
                "400 | INVALID_INPUT     | GET / HTTP/1.1,Host: localhost,Bad Name: x",
                "400 | INVALID_INPUT     | POST / HTTP/1.1,Host: localhost,Content-Length: x",
            })
    void requestsThatCannotBeReadAreAnsweredInJson(int status, String code, String request) throws Exception {
        String text = request.replace("{32}", "a".repeat(32 * 1024))
                .replace("{16}", "a".repeat(16 * 1024))
                .replace(",", "\r\n");
        try (RawConnection connection = RawConnection.to(service.getPort())) {
            connection.sendWhatIsTaken(text + "\r\n\r\n");
            Answer answer = connection.answer(false).orElseThrow();
            assertEquals(status, answer.status(), answer.toString());
            assertTrue(answer.text().startsWith("{\"code\":\"" + code + "\",\"message\":\""), answer.toString());
            assertEquals("application/json", answer.value("Content-Type").orElseThrow());
            assertTrue(answer.value("X-Request-ID").isPresent());
            assertTrue(answer.endsConnection());
        }
    }
}
