/**
 * Logging in and out. Routes: {@code POST /v4/auth-tokens/} and {@code DELETE /v4/auth-tokens/}. Calls {@code user} for
 * the account and its password, and {@code token} for the token.
 */
package dev.authtokens.login;
