/**
 * Who is calling and what they may do: the vocabulary that endpoints declare themselves in. It uses no other feature;
 * {@code check.AccessFilter} enforces it.
 */
package dev.authtokens.access;
