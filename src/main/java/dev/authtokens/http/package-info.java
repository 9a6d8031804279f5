/**
 * What every request and answer passes, in the order of {@link dev.authtokens.http.RouteOrder}; the client address, JSON rules,
 * metrics and the OpenAPI document. May call {@code access}, {@code audit}, {@code database} and {@code problem}.
 */
package dev.authtokens.http;
