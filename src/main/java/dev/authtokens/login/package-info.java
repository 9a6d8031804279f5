/**
 * Logging in and out, and everything else that asks for a password. Routes: {@code POST /v4/auth-tokens/}, {@code DELETE
 * /v4/auth-tokens/} and {@code POST /v4/users/{email}/password/}. Calls {@code user} for the account and its password, and
 * {@code token} for the token.
 */
package dev.authtokens.login;
