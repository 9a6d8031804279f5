/**
 * People see and revoke sessions, their own and, for administrators, those of any account. Routes: {@code GET
 * /v4/auth-tokens/}, {@code DELETE /v4/auth-tokens/{id}/} and {@code /all/}, the same under {@code
 * /v4/users/{email}/auth-tokens/}, and {@code DELETE /v4/auth-tokens/everyone/}. Calls {@code token} and {@code user}.
 */
package dev.authtokens.session;
