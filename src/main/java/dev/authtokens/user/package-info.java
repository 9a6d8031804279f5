/**
 * Accounts: who may log in, with which password, until when and as what. Routes: {@code GET /v4/user/} and
 * everything under {@code /v4/users/}. Other packages
 * reach accounts through {@link dev.authtokens.user.UserStore} only.
 */
package dev.authtokens.user;
