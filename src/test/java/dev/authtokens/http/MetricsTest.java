package dev.authtokens.http;

import static dev.authtokens.harness.Api.TOKENS;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.ServiceDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URL;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class MetricsTest {

    private static final String BUCKET = "http_server_requests_seconds_bucket{";

    @TestHTTPResource(value = "/metrics", management = true)
    URL metrics;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/openmetrics-text | application/openmetrics-text",
                "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.4,*/*;q=0.3"
                        + " | application/openmetrics-text",
                "text/plain;version=0.0.4;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5 | text/plain",
                "text/plain | text/plain",
                "text/html,*/*;q=0.8 | text/plain"
            })
    void areInTheFormatThatTheClientPrefers(String accepted, String format) {
        boolean isOpen = format.contains("openmetrics");
        given().header("Accept", accepted)
                .get(metrics)
                .then()
                .statusCode(200)
                .header("Content-Type", startsWith(format))
                .body(endsWith(isOpen ? "# EOF\n" : "\n"));
    }

    @Test
    void showHowManyRequestsWereFasterThanEachBound() {
        String token = Api.token(Accounts.create(), Accounts.PASSWORD);
        Api.as(token).get("/v4/auth-tokens/verify/").then().statusCode(200);
        Api.as(token).delete(TOKENS).then().statusCode(200);
        // A request is counted when its answer has been sent, which may have arrived before.
        Await.until(
                "the last request is not counted",
                () -> buckets().stream()
                        .anyMatch(line ->
                                line.contains("method=\"DELETE\"") && line.contains("uri=\"/v4/auth-tokens\"")));
        List<String> lines = buckets();
        assertBuckets(lines, "method=\"GET\"", "uri=\"/v4/auth-tokens/verify\"");
        assertBuckets(lines, "method=\"POST\"", "uri=\"/v4/auth-tokens\"");
        assertBuckets(lines, "method=\"DELETE\"", "uri=\"/v4/auth-tokens\"");
    }

    private List<String> buckets() {
        return given().header("Accept", "text/plain")
                .get(metrics)
                .asString()
                .lines()
                .filter(line -> line.startsWith(BUCKET) && line.contains("outcome=\"SUCCESS\""))
                .toList();
    }

    /** From 0.1 ms to 10 s, and one for all. */
    private static void assertBuckets(List<String> lines, String... labels) {
        List<String> buckets = lines.stream()
                .filter(line -> Stream.of(labels).allMatch(line::contains))
                .map(line -> line.replaceFirst(".*le=\"([^\"]*)\".*", "$1"))
                .toList();
        assertEquals(17, buckets.size(), () -> lines.toString());
        assertTrue(buckets.containsAll(List.of("1.0E-4", "0.001", "0.1", "10.0", "+Inf")), buckets.toString());
    }
}
