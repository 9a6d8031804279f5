package dev.authtokens.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.authtokens.harness.ServiceProcess;

/** What a command that has ended has printed. */
record Done(int exit, String out, String err) {

    /** Waits for the end of the process, which gets no more input. */
    static Done of(ServiceProcess started) {
        try (ServiceProcess command = started) {
            int exit = command.endInput().exitCode();
            return new Done(exit, command.output(), command.errors());
        }
    }

    Done isDone() {
        assertEquals(0, exit, this::toString);
        assertEquals("", err);
        return this;
    }

    Done prints(String text) {
        assertTrue(isDone().out.contains(text), out);
        return this;
    }

    void fails(ExitCode expected, String reason) {
        assertEquals(expected.code(), exit, this::toString);
        assertEquals("", out);
        assertEquals(1, err.lines().count(), err);
        assertTrue(err.startsWith("auth-tokens: ") && err.contains(reason), err);
    }
}
