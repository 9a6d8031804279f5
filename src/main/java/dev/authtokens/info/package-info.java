/** What clients ask to see whom they talk to. Routes: {@code GET /} and {@code GET /v4/info/}. */
package dev.authtokens.info;
