package dev.authtokens.cli;

import picocli.CommandLine;

/** The commands about the sessions of accounts. */
@CommandLine.Command(
        name = "token",
        description = "Lists and revokes the sessions of accounts. A session is shown by its id, never by its token.",
        footer = {"%nExample:", "  auth-tokens token list --help"},
        subcommands = {TokenListCommand.class, TokenRevokeCommand.class})
class TokenCommands {}
