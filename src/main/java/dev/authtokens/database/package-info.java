/**
 * Access to PostgreSQL below the features: single statements in one round trip, connections outside of the pool, schema
 * migration, batched deletion of expired rows, the clock that decides, and schedules. May call {@code problem} only.
 */
package dev.authtokens.database;
