/**
 * Who is calling: the filter that enforces {@code @Access} on every endpoint, by token or HTTP Basic, and the revocation of
 * tokens that were leaked into request lines and headers. No routes of its own. Calls {@code token}, and {@code login} for
 * HTTP Basic.
 */
package dev.authtokens.authentication;
