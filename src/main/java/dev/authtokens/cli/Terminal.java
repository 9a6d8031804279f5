package dev.authtokens.cli;

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
import java.util.Locale;

/**
 * Input and output of a command: results go to standard output, everything else to standard error, both in UTF-8. Without a
 * terminal, nothing is asked.
 */
@Singleton
class Terminal {

    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final Path STANDARD_INPUT = Path.of("/proc/self/fd/0");
    private static final Path STANDARD_OUTPUT = Path.of("/proc/self/fd/1");
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private final PrintWriter out;
    private final PrintWriter err;

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

    PrintWriter err() {
        return err;
    }

    /**
     * Ends the command without an error when the reader of standard output has read enough, as in {@code user list | head}.
     *
     * @throws CommandFailure when the result cannot be written
     */
    void requireWritable() {
        if (out.checkError()) {
            if (isPipe(STANDARD_OUTPUT)) {
                throw new CommandFailure(ExitCode.DONE, null);
            }
            throw refused("The result cannot be written to standard output.");
        }
    }

    /** Prints in one line why the command failed. */
    void error(String line) {
        err.println(Invocation.NAME + ": " + line.replaceAll("\\s*\\R\\s*", " "));
        err.flush();
    }

    /** Replaces the line of progress on standard error, where that is a terminal. */
    void showProgress(String line) {
        if (isTerminal(STANDARD_ERROR)) {
            err.print(CLEAR_LINE + line);
            err.flush();
        }
    }

    void clearProgress() {
        showProgress("");
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
        if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).matches("y|yes")) {
            throw refused("Nothing was changed.");
        }
    }

    /**
     * A new password in UTF-8: asked for twice without echo, or the first line of standard input.
     *
     * @param maxLength in bytes; not much more than that is read
     * @throws CommandFailure when there is none, or the two differ
     */
    byte[] newPassword(String email, boolean fromInput, int maxLength) {
        if (fromInput) {
            return firstLine(maxLength);
        }
        Console console = console();
        if (console != null) {
            return ask(console, email);
        }
        if (isTerminal(STANDARD_INPUT)) {
            throw refused("Standard output is no terminal, so that the password cannot be asked for:"
                    + " use --password-stdin.");
        }
        return firstLine(maxLength);
    }

    private static byte[] ask(Console console, String email) {
        char[] password = console.readPassword("New password of %s: ", email);
        char[] again = console.readPassword("The same password again: ");
        if (password == null || again == null) {
            throw refused("There is no password.");
        }
        if (!Arrays.equals(password, again)) {
            throw refused("The two passwords differ.");
        }
        if (new String(password).contains(Invocation.UNREADABLE)) {
            throw refused(
                    "The password is not in the character set of the environment: set LC_ALL=C.UTF-8, for example.");
        }
        return new String(password).getBytes(StandardCharsets.UTF_8);
    }

    /** Null unless standard input and output are a terminal. Without the property, JDK 22 to 24 return a console in any case. */
    private static Console console() {
        System.setProperty("jdk.console", "java.base");
        return System.console();
    }

    private static byte[] firstLine(int maxLength) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            int next = System.in.read();
            while (next >= 0 && next != '\n' && line.size() <= maxLength + 1) {
                line.write(next);
                next = System.in.read();
            }
            if (next < 0 && line.size() == 0) {
                throw refused("There is no password on standard input.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] bytes = line.toByteArray();
        boolean endsWithReturn = bytes.length > 0 && bytes[bytes.length - 1] == '\r';
        return endsWithReturn ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
    }

    private static CommandFailure refused(String line) {
        return new CommandFailure(ExitCode.REFUSED, line);
    }

    private static boolean isTerminal(Path descriptor) {
        String target = targetOf(descriptor);
        return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
    }

    private static boolean isPipe(Path descriptor) {
        return targetOf(descriptor).startsWith("pipe:");
    }

    /** Known on Linux only; elsewhere it is empty. */
    private static String targetOf(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
