package dev.authtokens.cli;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
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
            "%nExamples:",
            "  auth-tokens completion bash > /etc/bash_completion.d/auth-tokens",
            "  echo 'source <(auth-tokens completion zsh)' >> ~/.zshrc"
        })
class CompletionCommand {

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.", completionCandidates = Shells.class)
    String shell;

    /** The shells, as completions of the argument themselves. */
    @RegisterForReflection
    static class Shells extends ArrayList<String> {

        Shells() {
            super(List.of("bash", "zsh"));
        }
    }

    /** @throws ParameterException for another shell */
    void print(CommandLine commandLine, PrintWriter out) {
        if (!new Shells().contains(shell)) {
            throw new ParameterException(
                    commandLine.getSubcommands().get("completion"), "The shell is neither bash nor zsh.");
        }
        out.print(AutoComplete.bash(Invocation.NAME, commandLine));
        out.flush();
    }
}
