package dev.authtokens.cli;

import picocli.CommandLine;

/** The service itself, which is not a {@link Command}: it runs until it is stopped. */
@CommandLine.Command(
        name = "serve",
        description = {
            "Serves the API until it is stopped; this is what happens without any command.",
            "",
            "A start that fails for a reason that an operator can fix ends with status 1 and one line."
        },
        footer = {"%nExample:", "  auth-tokens serve"})
class ServeCommand {}
