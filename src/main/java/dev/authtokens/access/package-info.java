/**
 * The vocabulary of access: who may call an endpoint, roles, the caller, e-mail addresses, the Authorization header. May call
 * {@code problem} only; {@code authentication.AccessFilter} enforces it.
 */
package dev.authtokens.access;
