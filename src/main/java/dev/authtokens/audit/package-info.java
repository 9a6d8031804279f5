/**
 * What is written down about requests, free of secrets: where they come from, and the trail of what they did to accounts and
 * sessions. Route: {@code GET /v4/audit-events/}. Every package may write to the trail through
 * {@link dev.authtokens.audit.AuditLog}.
 */
package dev.authtokens.audit;
