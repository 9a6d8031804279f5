/**
 * Login, logout, and everything else that verifies a password: throttling, the executor, the password change. Routes: {@code
 * POST /v4/auth-tokens/}, {@code DELETE /v4/auth-tokens/} and {@code POST /v4/users/{email}/password/}. Calls {@code user}
 * for the account, {@code password} for hashing and {@code token} for the token; counts failures by {@code database}.
 */
package dev.authtokens.login;
