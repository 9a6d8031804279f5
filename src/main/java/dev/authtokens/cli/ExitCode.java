package dev.authtokens.cli;

/** Exit codes of commands; the ordinal is the code. {@link TopCommand} describes them in the help texts. */
enum ExitCode {
    DONE,
    REFUSED,
    WRONG_USAGE,
    NOT_FOUND,
    ALREADY_EXISTS,
    NOT_AVAILABLE;

    int code() {
        return ordinal();
    }
}
