package dev.authtokens.cli;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints what a shell needs to complete arguments. Unlike the other commands it needs neither settings nor a database. */
@Command(
        name = "completion",
        description = {
            "Prints the completion of the arguments for a shell, which loads it at its start.",
            "",
            "bash and zsh use the same script. There is none for fish."
        },
        footer = {
            "  auth-tokens completion bash > /etc/bash_completion.d/auth-tokens",
            "  echo 'source <(auth-tokens completion zsh)' >> ~/.zshrc"
        })
class CompletionCommand {

    /** Shells that read the script. */
    enum Shell {
        bash,
        zsh
    }

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
    Shell shell;

    void print(CommandLine commandLine, PrintWriter out) {
        out.print(AutoComplete.bash(Invocation.NAME, commandLine));
        out.flush();
    }
}
