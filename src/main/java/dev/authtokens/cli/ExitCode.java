package dev.authtokens.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** Exit codes of commands; the ordinal is the code. */
enum ExitCode {
    DONE("done"),
    REFUSED("refused or failed; standard error says why in one line"),
    WRONG_USAGE("wrong usage"),
    NOT_FOUND("no such account or token"),
    ALREADY_EXISTS("the account exists already"),
    NOT_AVAILABLE("database not reached, its schema too old, or a setting wrong");

    private final String meaning;

    ExitCode(String meaning) {
        this.meaning = meaning;
    }

    int code() {
        return ordinal();
    }

    /** For the help texts. */
    static Map<String, String> meanings() {
        Map<String, String> meanings = new LinkedHashMap<>();
        for (ExitCode exit : values()) {
            meanings.put(String.valueOf(exit.code()), exit.meaning);
        }
        return meanings;
    }
}
