/**
 * Accounts: who may log in, with which password, until when and as what. Routes: {@code GET /v4/user/}, and under {@code
 * /v4/users/} everything but passwords and sessions. Other packages reach accounts through {@link
 * dev.authtokens.user.UserStore} only. May call {@code audit}.
 */
package dev.authtokens.user;
