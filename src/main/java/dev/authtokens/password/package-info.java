/**
 * Passwords: how they are hashed and verified, the limit on concurrent hashing, the rules for new ones, and their Base64 form
 * in requests. No routes. May call {@code access} and {@code problem}.
 */
package dev.authtokens.password;
