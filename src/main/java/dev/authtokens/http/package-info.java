/** What every request and answer goes through, whoever serves it: ids, log context, common headers, JSON rules, OpenAPI. */
package dev.authtokens.http;
