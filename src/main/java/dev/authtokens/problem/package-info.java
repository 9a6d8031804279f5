/**
 * Errors: what a client asked for wrongly, what a failure of the database means, and the answer, always {@code {"code",
 * "message"}} in JSON. May be used by every package and uses none of them.
 */
package dev.authtokens.problem;
