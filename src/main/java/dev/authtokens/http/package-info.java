/**
 * What every request and answer passes, in the order of {@link dev.authtokens.http.RouteOrder}: request context, leaked tokens,
 * CORS, limits; also JSON rules, common headers, the client address, and the OpenAPI document. May call {@code access},
 * {@code audit}, {@code database} and {@code problem}.
 */
package dev.authtokens.http;
