/**
 * The development mode: an embedded PostgreSQL and a demo administrator. Nothing else may use it, and it is not in what
 * is shipped.
 */
package dev.authtokens.dev;
