/**
 * Access to PostgreSQL below the features: single statements in one round trip, connections outside of the pool, schema
 * migration, batched deletion of expired rows, the clock that decides, schedules, health, the lease and outages. May call {@code
 * problem}.
 */
package dev.authtokens.database;
