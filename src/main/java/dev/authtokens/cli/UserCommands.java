package dev.authtokens.cli;

import picocli.CommandLine;

/** The commands about accounts. */
@CommandLine.Command(
        name = "user",
        description = "Administers accounts.",
        footer = {"%nExample:", "  auth-tokens user create --help"},
        subcommands = {
            UserCreateCommand.class,
            UserListCommand.class,
            UserShowCommand.class,
            UserPasswordCommand.class,
            UserExpiryCommand.class,
            UserRoleCommand.class,
            UserDeleteCommand.class,
            UserImportCommand.class
        })
class UserCommands {}
