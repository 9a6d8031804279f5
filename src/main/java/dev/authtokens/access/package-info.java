/**
 * Who is calling and what they may do: the vocabulary that endpoints declare themselves in, and the e-mail addresses that
 * accounts are known by. It uses no other feature; {@code check.AccessFilter} enforces it.
 */
package dev.authtokens.access;
