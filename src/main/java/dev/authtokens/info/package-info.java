/** The ping of clients, and the description of the installation. Routes: {@code GET /} and {@code GET /v4/info/}. */
package dev.authtokens.info;
