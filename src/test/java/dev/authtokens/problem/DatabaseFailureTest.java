package dev.authtokens.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseFailureTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "08006", "0A000", "25006", "28000", "28P01", "3D000", "40001", "42501", "42P01", "53100", "53300",
                "55P03", "57014", "57P03", "58030", "P0001", "XX000", ""
            })
    void isOfTheDatabase(String state) {
        assertFalse(new DatabaseFailure(new SQLException("refused", state.isEmpty() ? null : state)).isBug());
    }

    @ParameterizedTest
    @ValueSource(strings = {"22012", "22P02", "23503", "23505", "42601", "42703", "42883"})
    void isABugOfTheStatement(String state) {
        assertTrue(new DatabaseFailure(new SQLException("wrong", state)).isBug());
    }

    @Test
    void isFoundAmongCausesAndSuppressedOnesTheNearestFirst() {
        SQLException refused = new SQLException("refused", "40001");
        Exception commit = new Exception("could not commit");
        commit.addSuppressed(new Exception("one phase", refused));
        assertEquals(refused, find(new IllegalStateException(commit)));
        SQLException wrong = new SQLException("wrong", "42601");
        PersistenceException statement = new PersistenceException(wrong);
        statement.addSuppressed(commit);
        assertEquals(wrong, find(statement));
        assertEquals(Optional.empty(), DatabaseFailure.of(new IllegalStateException()));
    }

    @Test
    void endsWhereExceptionsAreCausesOfEachOther() {
        Exception one = new Exception();
        Exception other = new Exception(one);
        one.addSuppressed(other);
        assertEquals(Optional.empty(), DatabaseFailure.of(one));
    }

    private static SQLException find(Throwable failure) {
        return DatabaseFailure.of(failure).orElseThrow().exception();
    }
}
