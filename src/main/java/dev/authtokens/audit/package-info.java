/**
 * What is recorded about requests, free of secrets: where they come from, and what they did to accounts and sessions. Route:
 * {@code GET /v4/audit-events/}. The packages above {@code database} and {@code access} write to the log through
 * {@link dev.authtokens.audit.AuditLog}.
 */
package dev.authtokens.audit;
