/** Asking whether a token is good: on the way into every endpoint. Calls {@code token} and nothing behind it. */
package dev.authtokens.check;
