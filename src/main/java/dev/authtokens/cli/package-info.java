/**
 * The command line of the same executable. {@link dev.authtokens.cli.Invocation} parses the arguments before anything starts,
 * so help and wrong usage need no database. {@link dev.authtokens.cli.CommandRunner} then starts what a command needs, without a
 * server, and runs it. Commands work through the stores of the features. Only {@code Main} may call this package.
 */
package dev.authtokens.cli;
