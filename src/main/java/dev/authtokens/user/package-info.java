/**
 * Accounts: who may log in, with which role and until when. Routes: {@code GET /v4/user/}, and everything under {@code
 * /v4/users/} but passwords and sessions. Other packages reach accounts through {@link dev.authtokens.user.UserStore}; the
 * statements of checks and logins join them. A start creates {@link dev.authtokens.user.FirstAdministrator}. May call {@code password}, {@code audit}, {@code access} and {@code database}.
 */
package dev.authtokens.user;
