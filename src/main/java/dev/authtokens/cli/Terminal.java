package dev.authtokens.cli;

import dev.authtokens.password.PasswordHasher;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Input and output of a command: results go to standard output, everything else to standard error, both in UTF-8. Without a
 * terminal, nothing is asked.
 */
@Singleton
class Terminal {

    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final String TERMINAL = "/dev/(pts/.*|tty.*|console)";
    private static final String PIPE = "pipe:.*";

    private final PrintWriter out;
    private final PrintWriter err;

    /** Removes the line of progress; empty until the first one is shown. */
    private String clear = "";

    Terminal() {
        this(new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
    }

    Terminal(OutputStream out, OutputStream err) {
        this.out = new PrintWriter(out, false, StandardCharsets.UTF_8);
        this.err = new PrintWriter(err, false, StandardCharsets.UTF_8);
    }

    PrintWriter out() {
        return out;
    }

    /**
     * Ends the command without an error when the reader of standard output has read enough, as in {@code user list | head}.
     *
     * @throws CommandFailure when the result cannot be written
     */
    void requireWritable() {
        if (out.checkError()) {
            throw leadsTo(1, PIPE)
                    ? new CommandFailure(ExitCode.DONE, null)
                    : CommandFailure.refused("The result cannot be written to standard output.");
        }
    }

    /** Prints in one line why the command failed. */
    void error(String line) {
        print(Invocation.NAME + ": " + line.replaceAll("\\s*\\R\\s*", " "));
    }

    /** Prints a line to standard error, in place of the progress. */
    void print(String line) {
        err.println(clear + line);
        err.flush();
    }

    /** Replaces the line of progress on standard error, where that is a terminal. */
    void showProgress(String line) {
        if (leadsTo(2, TERMINAL)) {
            clear = CLEAR_LINE;
            err.print(clear + line);
            err.flush();
        }
    }

    /**
     * Asks whether to go ahead.
     *
     * @param yes do not ask
     * @throws CommandFailure when the answer is no, or there is no terminal to ask on
     */
    void confirm(boolean yes, String question) {
        if (yes) {
            return;
        }
        Console console = console();
        if (console == null) {
            throw new CommandFailure(ExitCode.WRONG_USAGE, "There is no terminal to ask on: use --yes.");
        }
        String answer = console.readLine("%s [y/N] ", question);
        if (answer == null || !answer.strip().matches("(?i)y|yes")) {
            throw CommandFailure.refused("Nothing was changed.");
        }
    }

    /**
     * A new password in UTF-8: asked for twice without echo, or the first line of standard input.
     *
     * @throws CommandFailure when there is none, or the two differ
     */
    byte[] newPassword(String email, boolean fromInput) {
        Console console = fromInput ? null : console();
        if (console != null) {
            return ask(console, email);
        }
        if (!fromInput && leadsTo(0, TERMINAL)) {
            throw CommandFailure.refused("Standard output is no terminal, so that the password cannot be asked for:"
                    + " use --password-stdin.");
        }
        return firstLine();
    }

    private static byte[] ask(Console console, String email) {
        char[] password = console.readPassword("New password of %s: ", email);
        char[] again = console.readPassword("The same password again: ");
        if (password == null || again == null) {
            throw CommandFailure.refused("There is no password.");
        }
        if (!Arrays.equals(password, again)) {
            throw CommandFailure.refused("The two passwords differ.");
        }
        String text = new String(password);
        if (text.contains(Invocation.UNREADABLE)) {
            throw CommandFailure.refused(
                    "The password is not in the character set of the environment: set LC_ALL=C.UTF-8, for example.");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Null unless standard input and output are a terminal. Without the property, JDK 22 to 24 return a console in any case. */
    private static Console console() {
        System.setProperty("jdk.console", "java.base");
        return System.console();
    }

    /** Up to the line feed, as Latin-1, in which every byte is a character. Not much more is read than a password may have. */
    private static byte[] firstLine() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            int next = System.in.read();
            if (next < 0) {
                throw CommandFailure.refused("There is no password on standard input.");
            }
            while (next >= 0 && next != '\n' && line.size() <= PasswordHasher.MAX_LENGTH + 1) {
                line.write(next);
                next = System.in.read();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1).replaceFirst("\r\\z", "");
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Whether the target of a file descriptor matches this regular expression; false where that is not known: not on Linux. */
    private static boolean leadsTo(int descriptor, String file) {
        try {
            Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
            return target.toString().matches(file);
        } catch (IOException e) {
            return false;
        }
    }
}
