package dev.authtokens.database;

import static dev.authtokens.harness.Api.isProblem;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.Accounts;
import dev.authtokens.harness.Api;
import dev.authtokens.harness.Await;
import dev.authtokens.harness.LogRecords;
import dev.authtokens.harness.Postgres;
import dev.authtokens.harness.ServiceDatabase;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the database refuses, it may do later: 503. Only a statement that is wrong itself is 500. */
@QuarkusTest
@WithTestResource(ServiceDatabase.class)
class RefusingDatabaseTest {

    @Inject
    AgroalDataSource pool;

    @AfterEach
    void refuseNothing() {
        execute("drop function if exists refuse() cascade");
    }

    @Test
    void refusesAStatement() {
        refuse("immediate", "raise exception 'refused' using errcode = '28P01'");
        isNotAvailable(logIn());
    }

    @Test
    void refusesAStatementThatIsWrong() {
        refuse("immediate", "raise exception 'wrong' using errcode = '22012'");
        isProblem(logIn(), 500, "INTERNAL_ERROR");
    }

    /** Its detail of a violated constraint is the whole row, with the hash of a password. */
    @Test
    void logsNoDetailOfIt() {
        refuse(
                "immediate",
                "raise exception 'wrong' using errcode = '22012', detail = 'Failing row contains (a hash)'");
        try (LogRecords log = new LogRecords()) {
            isProblem(logIn(), 500, "INTERNAL_ERROR");
            assertTrue(log.all().stream()
                    .anyMatch(line -> line.isError() && line.text().contains("wrong")));
            assertEquals(
                    List.of(),
                    log.all().stream()
                            .filter(line -> line.text().contains("Failing row"))
                            .toList());
        }
    }

    @Test
    void refusesTheCommit() {
        refuse("deferred", "raise exception 'refused' using errcode = '40001'");
        isNotAvailable(logIn());
    }

    @Test
    void refusesACommitThatIsWrong() {
        refuse("deferred", "raise exception 'wrong' using errcode = '22012'");
        isProblem(logIn(), 500, "INTERNAL_ERROR");
    }

    @Test
    void endsAtTheCommit() {
        refuse("deferred", "perform pg_terminate_backend(pg_backend_pid())");
        isNotAvailable(logIn());
    }

    @Test
    void hasNoFreeConnection() throws SQLException {
        String email = Accounts.create();
        List<Connection> all = new ArrayList<>();
        AgroalConnectionPoolConfiguration settings = pool.getConfiguration().connectionPoolConfiguration();
        Duration patience = settings.acquisitionTimeout();
        try {
            while (pool.getMetrics().availableCount() > 0 || all.size() + 1 < maxSize()) {
                all.add(pool.getConnection());
            }
            settings.setAcquisitionTimeout(Duration.ofSeconds(1));
            // A reading of the revocation log that comes too late frees its connection for a moment.
            isNotAvailable(Await.value(
                    "it gets a connection",
                    () -> Api.login(email, Accounts.PASSWORD),
                    answer -> answer.statusCode() != 200));
        } finally {
            settings.setAcquisitionTimeout(patience);
            for (Connection connection : all) {
                connection.close();
            }
        }
    }

    private int maxSize() {
        return pool.getConfiguration().connectionPoolConfiguration().maxSize();
    }

    /** @param when immediate, or deferred: at the commit */
    private static void refuse(String when, String action) {
        execute("create function refuse() returns trigger language plpgsql as 'begin " + action.replace("'", "''")
                + "; return null; end'");
        execute("create constraint trigger refuse after insert on auth_tokens deferrable initially " + when
                + " for each row when (new.activity = 'refused') execute function refuse()");
    }

    private static Response logIn() {
        return given().contentType(ContentType.JSON)
                .header("X-Giant-Swarm-Activity", "refused")
                .body(Map.of("email", Accounts.create(), "password_base64", Api.base64(Accounts.PASSWORD)))
                .post(Api.TOKENS);
    }

    private static void isNotAvailable(Response answer) {
        isProblem(answer, 503, "NOT_YET_AVAILABLE").header("Retry-After", "1");
    }

    private static void execute(String sql) {
        Postgres.execute(ServiceDatabase.url(), sql);
    }
}
