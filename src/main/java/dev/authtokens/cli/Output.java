package dev.authtokens.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.UncheckedIOException;
import picocli.CommandLine.Option;

/** How a command shows its result: for people, or as one JSON value. */
class Output {

    @Option(names = "--json", description = "Print JSON, for machines.")
    boolean json;

    /** Prints the value as JSON where that is asked for, and the text otherwise. */
    void print(CommandContext context, Terminal terminal, Object value, String text) {
        try {
            terminal.out().println(json ? context.mapper().writeValueAsString(value) : text);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
