/**
 * The command line of the same executable. {@link dev.authtokens.cli.Invocation} reads the arguments before anything
 * starts, so that help and wrong usage need no database; {@link dev.authtokens.cli.CommandProcess} then starts what a
 * command needs, without any server, and {@code CommandRunner} runs it. A command is a plain object that works through the
 * stores of the features. Nothing but {@code Main} and {@code StartUp} may call this package.
 */
package dev.authtokens.cli;
