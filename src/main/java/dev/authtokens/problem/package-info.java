/**
 * Error answers: always {@code {"code", "message"}} in JSON. May be used by every package and uses none of them.
 */
package dev.authtokens.problem;
