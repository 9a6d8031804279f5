package dev.authtokens.audit;

import java.time.Instant;
import java.util.Optional;

/**
 * Which audit events are asked for: {@code account} is a canonical e-mail address, {@code from} is inclusive, {@code until} and
 * {@code before}, an id, are exclusive.
 */
public record AuditQuery(
        Optional<String> account,
        Optional<AuditKind> kind,
        Optional<Instant> from,
        Optional<Instant> until,
        long before) {}
