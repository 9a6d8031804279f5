/**
 * Who is calling: the filter that enforces {@code @Access} on every endpoint, by token or HTTP Basic, and the revocation of
 * tokens that were sent where they get logged. No routes of its own. Calls {@code token}, and {@code login},
 * {@code password} and {@code user} for HTTP Basic.
 */
package dev.authtokens.authentication;
