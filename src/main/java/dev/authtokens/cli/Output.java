package dev.authtokens.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.authtokens.user.Expiry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** How a command shows its result: for people, or as one JSON value. */
class Output {

    static final int TIME_WIDTH = 20;

    @Option(names = "--json", description = "Print JSON, for machines.")
    boolean json;

    /** Prints the value as JSON where that is asked for, and the text otherwise. */
    void print(CommandContext context, Object value, String text) {
        if (json) {
            printJson(context, value);
        } else {
            context.terminal().out().println(text);
        }
    }

    /** Prints the values as JSON where that is asked for, and otherwise as lines below the header. */
    <T> void print(CommandContext context, String header, List<T> values, Function<T, String> line) {
        String text = Stream.concat(Stream.of(header), values.stream().map(line))
                .collect(Collectors.joining(System.lineSeparator()));
        print(context, values, text);
    }

    /** @param value null: not known */
    static String orDash(String value) {
        return Objects.requireNonNullElse(value, "-");
    }

    /** @param value an {@link java.util.Iterator} is written as an array, element by element */
    static void printJson(CommandContext context, Object value) {
        try {
            JsonGenerator generator =
                    context.mapper().createGenerator(context.terminal().out());
            context.mapper().writeValue(generator, value);
            context.terminal().out().println();
        } catch (IOException e) {
            // Of an iterator, such as that nobody reads the output any more.
            throw e.getCause() instanceof CommandFailure failure ? failure : new UncheckedIOException(e);
        }
    }

    /** RFC 3339 in UTC, to the second, at most {@link #TIME_WIDTH} characters; null means never. */
    static String time(Instant time) {
        return time == null || time.equals(Expiry.NEVER)
                ? "never"
                : time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
