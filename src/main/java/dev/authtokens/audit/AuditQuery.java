package dev.authtokens.audit;

import java.time.Instant;
import java.util.Optional;

/**
 * Which audit events are asked for.
 *
 * @param account canonical e-mail address
 * @param from the earliest time
 * @param until the time that all are before
 * @param before the id that all are before: the last one of the previous page
 */
public record AuditQuery(
        Optional<String> account,
        Optional<AuditKind> kind,
        Optional<Instant> from,
        Optional<Instant> until,
        long before) {}
